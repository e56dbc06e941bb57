/** The menu of a step: to go or run to it, and to stop wherever the like of it happens. */
import { Menu } from '@base-ui/react/menu';
import type { Step } from '../../core/base/step.ts';
import { breakpointKey, deviceOfStep, type Breakpoint } from '../../view/index.ts';
import { ContextMenu } from '../controls/ContextMenu.tsx';
import { MenuItem } from '../controls/MenuItem.tsx';
import { useStepper } from '../commands/use-stepper.ts';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { describeSubject } from '../subjects/describe.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { subjectOf } from '../../view/index.ts';

export interface StepMenuTarget {
  readonly step: number;
  /** Page coordinates. */
  readonly x: number;
  readonly y: number;
}

/** More fields than this are not listed one by one. */
const FIELDS_LISTED = 4;

export function StepMenu({
  target,
  onClose,
}: {
  readonly target: StepMenuTarget | null;
  readonly onClose: () => void;
}) {
  const { steps, snapshot } = useWorld();
  const { runTo } = useStepper();
  const { goTo, toggleBreakpoint, setWatches } = useActions();
  const breakpoints = usePage((state) => state.document.breakpoints);
  const watches = usePage((state) => state.document.watches);
  const step = target ? steps[target.step] : undefined;
  if (!target || !step) return null;
  const item = (glyph: GlyphName, text: string, run: () => void) => (
    <MenuItem glyph={glyph} onClick={run}>
      {text}
    </MenuItem>
  );
  const toggle = (breakpoint: Breakpoint, text: string) => {
    const on = breakpoints.some((other) => breakpointKey(other) === breakpointKey(breakpoint));
    return item('bp', on ? `Do not stop ${text}` : `Stop ${text}`, () => toggleBreakpoint(breakpoint));
  };
  const stage = stageOf(step);
  const device = deviceOfStep(step);
  const thing = device === null ? null : subjectOf(device);
  const fields = fieldsOf(step);
  return (
    <ContextMenu at={target} label={`Actions for step ${target.step + 1}`} onClose={onClose}>
      {item('fit', 'Go to this step', () => goTo(target.step))}
      {item('end', 'Run to here', () => runTo(target.step))}
      <Menu.Separator className="menu-rule" />
      {stage !== null && toggle({ kind: 'stage', stage }, `at ${stage}`)}
      {device !== null &&
        thing !== null &&
        toggle({ kind: 'device', id: device }, `at ${describeSubject(thing, snapshot).name}`)}
      {toggle({ kind: 'drop' }, 'at drops')}
      {fields.slice(0, FIELDS_LISTED).map((field) => (
        <Menu.Group key={field}>{toggle({ kind: 'field', field }, `when ${field} changes`)}</Menu.Group>
      ))}
      {fields.length > 0 && <Menu.Separator className="menu-rule" />}
      {fields.slice(0, FIELDS_LISTED).map((field) => (
        <Menu.Group key={field}>
          {item('eye', watches.includes(field) ? `Do not watch ${field}` : `Watch ${field}`, () =>
            setWatches(
              watches.includes(field) ? watches.filter((other) => other !== field) : [...watches, field],
            ),
          )}
        </Menu.Group>
      ))}
    </ContextMenu>
  );
}

const stageOf = ({ what, where }: Step): string | null =>
  what.kind === 'table' ? (where.stage ?? String(what.table)) : null;

const fieldsOf = ({ what }: Step): readonly string[] =>
  'changes' in what ? [...new Set(what.changes.map(({ field }) => field))] : [];
