/** At a drop: that it died, where and of what. */
import type { StepDetail } from '../../engine/protocol.ts';
import { Glyph } from '../glyphs/Glyph.tsx';

export function WhyNot({ detail }: { readonly detail: StepDetail }) {
  const { step, conclusion } = detail;
  if (step.what.kind !== 'dropped') return null;
  const { host, bridge, device, table } = step.where;
  const place = [host, bridge ?? device, table === undefined ? undefined : `table ${table}`]
    .filter((part) => part !== undefined)
    .join(', ');
  return (
    <div className="why-not" role="note">
      <Glyph name="drop" />
      <div>
        <b>Dropped on {place}</b>
        <p>{conclusion}</p>
      </div>
    </div>
  );
}
