/** The selected thing as the real programs print it: one section a command, and what can be done with it. */
import type { Subject } from '../../engine/protocol.ts';
import { Button } from '../controls/Button.tsx';
import { Busy } from '../controls/Busy.tsx';
import { useInspect } from '../engine/queries.ts';
import { failureOf } from '../engine/session.ts';
import { subjectId } from '../../view/index.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { canBreak, capturePlace, hostOf, pingPlace } from '../subjects/actions.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { ProgramText } from './ProgramText.tsx';

export function SelectedTab({ subject }: { readonly subject: Subject }) {
  const { snapshot } = useWorld();
  const actions = useActions();
  const sections = useInspect(subject);
  const id = subjectId(subject);
  const broken = usePage((state) =>
    state.document.breakpoints.some((other) => other.kind === 'device' && other.id === id),
  );
  const ping = pingPlace(subject, snapshot);
  const capture = capturePlace(subject, snapshot);
  const host = hostOf(subject);
  return (
    <>
      <div className="selected-actions">
        {ping && (
          <Button
            glyph="ping"
            onClick={() => actions.openDialog({ kind: 'ping', ...ping, destination: null })}
          >
            Ping from here
          </Button>
        )}
        {capture && (
          <Button glyph="packet" onClick={() => actions.openDialog({ kind: 'capture', ...capture })}>
            Capture
          </Button>
        )}
        {host && (
          <Button glyph="term" onClick={() => actions.showTerminal(host)}>
            Terminal
          </Button>
        )}
        {canBreak(subject) && (
          <Button
            glyph="bp"
            aria-pressed={broken}
            onClick={() => actions.toggleBreakpoint({ kind: 'device', id })}
          >
            {broken ? 'Stops here' : 'Stop here'}
          </Button>
        )}
      </div>
      {sections.isPending && <Busy text="Asking" part={null} />}
      {sections.isError && (
        <p className="inspector-problem" role="alert">
          {failureOf(sections.error).message}
        </p>
      )}
      {sections.data?.map((section) => (
        <ProgramText
          key={section.title + section.command}
          title={section.title}
          command={section.command}
          text={section.text}
          host={host}
        />
      ))}
      {sections.data?.length === 0 && <p className="packet-note">Nothing more is known of it.</p>}
    </>
  );
}
