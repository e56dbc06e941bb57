/** The menu of a thing, opened at a point of the page. */
import { memo, useEffect, useRef } from 'react';
import { Menu } from '@base-ui/react/menu';
import { subjectOf } from '../../view/index.ts';
import { ContextMenu } from '../controls/ContextMenu.tsx';
import { MenuItem } from '../controls/MenuItem.tsx';
import { useStepper } from '../commands/use-stepper.ts';
import { FaultItems } from '../faults/FaultItems.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useMoving } from '../picture/reveal.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { canBreak, capturePlace, hostOf, pingAddress, pingPlace } from './actions.ts';
import { describeSubject } from './describe.ts';
import { PING } from '../compose/new-packet.ts';

export interface MenuTarget {
  /** Id in the picture. */
  readonly id: string;
  /** Page coordinates. */
  readonly x: number;
  readonly y: number;
}

interface SubjectMenuProps {
  readonly target: MenuTarget | null;
  readonly onClose: () => void;
  /** Brings the thing into view, where there is a picture to do so. */
  readonly onReveal?: (id: string) => void;
}

export const SubjectMenu = memo(function SubjectMenu({ target, onClose, onReveal }: SubjectMenuProps) {
  const { snapshot, model } = useWorld();
  const actions = useActions();
  const { canStep, runToThing } = useStepper();
  const broken = usePage((state) =>
    state.document.breakpoints.some((other) => other.kind === 'device' && other.id === target?.id),
  );
  const lens = usePage((state) => state.viewport.lens);
  const isPinned = usePage((state) => target !== null && target.id in (state.document.pins[lens] ?? {}));
  const { canMove, move } = useMoving();
  const { terminals } = useServices();
  /** What was chosen takes the focus itself. */
  const left = useRef(false);
  useEffect(() => {
    left.current = false;
  }, [target]);
  const tiled = target !== null && model.node(target.id)?.collapsed === true;
  const subject = target ? (model.node(target.id)?.subject ?? subjectOf(target.id)) : null;
  if (!target || !subject) return null;

  const capture = capturePlace(subject, snapshot);
  const ping = pingPlace(subject, snapshot);
  const address = pingAddress(subject, snapshot);
  const host = hostOf(subject);
  const item = (glyph: GlyphName, text: string, run: () => void) => (
    <MenuItem glyph={glyph} onClick={run}>
      {text}
    </MenuItem>
  );
  return (
    <ContextMenu
      at={target}
      label={`Actions for ${describeSubject(subject, snapshot).name}`}
      onClose={onClose}
      returns={() => !left.current}
    >
      {item('eye', 'Inspect', () => actions.select(subject))}
      {onReveal && item('fit', 'Show in the picture', () => onReveal(target.id))}
      {item('eye', 'Focus on this', () => actions.setFocus(subject))}
      {onReveal && canMove(target.id) && (
        <MenuItem
          glyph="pin"
          onClick={() => {
            left.current = true;
            move(target.id);
          }}
        >
          Move
        </MenuItem>
      )}
      {isPinned && item('pin', 'Let the layout place it', () => actions.pin(lens, target.id, null))}
      {(ping || capture || host) && <Menu.Separator className="menu-rule" />}
      {ping &&
        item('ping', 'Ping from here', () =>
          actions.openDialog({ kind: 'compose', draft: { ...PING, from: subject } }),
        )}
      {address &&
        item('ping', 'Ping to here', () =>
          actions.openDialog({ kind: 'compose', draft: { ...PING, to: subject } }),
        )}
      {capture && item('packet', 'Capture here', () => actions.openDialog({ kind: 'capture', ...capture }))}
      {host && (
        <MenuItem
          glyph="term"
          onClick={() => {
            left.current = true;
            actions.showTerminal(host);
            terminals.of(host).focus();
          }}
        >
          {`Terminal of ${host}`}
        </MenuItem>
      )}
      {canBreak(subject) && (
        <>
          <Menu.Separator className="menu-rule" />
          {canStep && item('end', 'Run to here', () => runToThing(target.id))}
          {item('bp', broken ? 'Do not stop here' : 'Stop here', () =>
            actions.toggleBreakpoint({ kind: 'device', id: target.id }),
          )}
        </>
      )}
      <FaultItems subject={subject} />
      {subject.kind === 'host' &&
        item('host', tiled ? 'Show what is inside' : 'Fold to a tile', () =>
          actions.collapse(target.id, !tiled),
        )}
    </ContextMenu>
  );
});
