/** At a drop: that it died and where, and one sentence of conclusion. */
import type { StepDetail } from '../../engine/protocol.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { dropText } from '../../view/index.ts';

export function WhyNot({ detail }: { readonly detail: StepDetail }) {
  const { step, conclusion } = detail;
  if (step.what.kind !== 'dropped') return null;
  const { host, bridge, device, table } = step.where;
  const place = [host, bridge ?? device, table === undefined ? undefined : `table ${table}`]
    .filter((part) => part !== undefined)
    .join(', ');
  return (
    <>
      <div className="why-not" role="note">
        <Glyph name="drop" />
        <div>
          <b>Dropped on {place}</b>
          <p>{dropText(step.what.reason)}</p>
        </div>
      </div>
      {conclusion !== '' && (
        <p className="conclusion">
          <Glyph name="question" />
          {conclusion}
        </p>
      )}
    </>
  );
}
