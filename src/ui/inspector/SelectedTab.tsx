/** The selected thing as the real programs print it: one section a command, and what can be done with it. */
import { useState } from 'react';
import type { Subject } from '../../engine/protocol.ts';
import { Button } from '../controls/Button.tsx';
import { Busy } from '../controls/Busy.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { useInspect } from '../engine/queries.ts';
import { failureOf } from '../engine/session.ts';
import { subjectId } from '../../view/index.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { canBreak, capturePlace, hostOf, pingPlace } from '../subjects/actions.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { NotTold } from './NotTold.tsx';
import { Relations } from './Relations.tsx';
import { ProgramText } from './ProgramText.tsx';
import { PING } from '../compose/new-packet.ts';

export function SelectedTab({ subject }: { readonly subject: Subject }) {
  const { snapshot, run } = useWorld();
  const actions = useActions();
  const step = usePage((state) => state.playback.step);
  const [then, setThen] = useState(false);
  const at = then && run ? { run: run.id, step: Math.min(step, run.steps - 1) } : null;
  const sections = useInspect(subject, at);
  const id = subjectId(subject);
  const broken = usePage((state) =>
    state.document.breakpoints.some((other) => other.kind === 'device' && other.id === id),
  );
  const focused = usePage((state) => state.viewport.focus !== null && subjectId(state.viewport.focus) === id);
  const ping = pingPlace(subject, snapshot);
  const capture = capturePlace(subject, snapshot);
  const host = hostOf(subject);
  return (
    <>
      <div className="selected-actions">
        {ping && (
          <Button
            glyph="ping"
            onClick={() => actions.openDialog({ kind: 'compose', draft: { ...PING, from: subject } })}
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
        <Button glyph="eye" aria-pressed={focused} onClick={() => actions.setFocus(focused ? null : subject)}>
          {focused ? 'Look at everything' : 'Focus'}
        </Button>
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
      <NotTold subject={subject} />
      <Relations subject={subject} />
      {run && (
        <div className="selected-time">
          <Segmented
            label="Time"
            value={then ? 'then' : 'now'}
            onChange={(value) => setThen(value === 'then')}
            options={[
              { value: 'now', text: 'Now' },
              {
                value: 'then',
                text: `At step ${Math.min(step, run.steps - 1) + 1}`,
                title: 'The tables as they were when this step was taken',
              },
            ]}
          />
        </div>
      )}
      {(sections.isPending || (then && sections.isPlaceholderData)) && (
        <Busy text={then ? 'Going back' : 'Asking'} part={null} />
      )}
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
