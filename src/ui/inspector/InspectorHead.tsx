/** What the inspector speaks of, in two lines. */
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useStepDetail } from '../engine/queries.ts';
import { usePicture, useTrails } from '../picture/PictureProvider.tsx';
import { describeSubject } from '../subjects/describe.ts';
import { usePage } from '../store/StoreProvider.tsx';
import { stepPlace } from './step-words.ts';

export function InspectorHead({ tab }: { readonly tab: string }) {
  const { snapshot, run, steps, index } = usePicture();
  const detail = useStepDetail(run?.id ?? null, index);
  const subject = usePage((state) => state.selection.subject);
  const trails = useTrails();
  const title = usePage((state) => state.document.title);

  let glyph: GlyphName = 'packet';
  let name = 'No packet yet';
  let where = 'Ping, or send a frame, to see one here';
  if (tab === 'selected' && subject) {
    const words = describeSubject(subject, snapshot);
    ({ glyph, name, where } = words);
  } else if (tab === 'tables') {
    glyph = 'db';
    name = 'Tables';
    where = 'Rows as the databases hold them';
  } else if (tab === 'breakpoints') {
    glyph = 'bp';
    name = 'Breakpoints';
    where = 'Where a run stops by itself';
  } else if (tab === 'guide') {
    glyph = 'file';
    name = title;
    where = 'What to try next';
  } else if (detail) {
    const dropped = detail.step.what.kind === 'dropped';
    glyph = dropped ? 'drop' : 'packet';
    const inner = detail.headers.findLast((header) => !/^(payload|data)/i.test(header.name));
    name = inner?.name ?? run?.title ?? 'Step';
    where = stepPlace(detail.step);
  }
  // The step shown before stays until the engine has answered for the one at the playhead.
  const busy = (tab === 'packet' && run !== null && steps[index]?.id !== detail?.step.id) || trails;
  return (
    <header className="inspector-head" aria-busy={busy}>
      <span className={`inspector-glyph${glyph === 'drop' ? ' inspector-glyph-drop' : ''}`}>
        <Glyph name={glyph} />
      </span>
      <div>
        <h2 title={name}>{name}</h2>
        <p title={where}>{where}</p>
      </div>
    </header>
  );
}
