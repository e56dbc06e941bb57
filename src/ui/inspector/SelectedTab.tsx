/** The selected thing as the real programs print it: one section a command, by kind, and what can be done with it. */
import { useMemo, useState } from 'react';
import { Tabs } from '@base-ui/react/tabs';
import type { Subject } from '../../engine/protocol.ts';
import { Button } from '../controls/Button.tsx';
import { Busy } from '../controls/Busy.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { TabPanel, TabStrip } from '../controls/TabStrip.tsx';
import { MadeFlows } from '../database/MadeFlows.tsx';
import { useInspect } from '../engine/queries.ts';
import { failureOf } from '../engine/session.ts';
import { relationsOf, subjectId } from '../../view/index.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { canBreak, capturePlace, hostOf, pingPlace } from '../subjects/actions.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { CapturesOf } from './CapturesOf.tsx';
import { NotTold } from './NotTold.tsx';
import { Relations } from './Relations.tsx';
import { ProgramText } from './ProgramText.tsx';
import { kindTabs, northboundRow, type KindTab } from './section-kinds.ts';
import { PING } from '../compose/new-packet.ts';

export function SelectedTab({ subject }: { readonly subject: Subject }) {
  const { snapshot, run } = useWorld();
  const actions = useActions();
  const step = usePage((state) => state.playback.step);
  const [then, setThen] = useState(false);
  const [wanted, setWanted] = useState<KindTab>('all');
  const at = then && run ? { run: run.id, step: Math.min(step, run.steps - 1) } : null;
  const sections = useInspect(subject, at);
  const id = subjectId(subject);
  const broken = usePage((state) =>
    state.document.breakpoints.some((other) => other.kind === 'device' && other.id === id),
  );
  const focused = usePage(
    (state) => state.arrangement.focus !== null && subjectId(state.arrangement.focus) === id,
  );
  const ping = pingPlace(subject, snapshot);
  const capture = capturePlace(subject, snapshot);
  const host = hostOf(subject);
  const row = northboundRow(subject);
  const related = useMemo(() => relationsOf(subject, snapshot).length > 0, [subject, snapshot]);
  const tabs = kindTabs(sections.data ?? [], {
    captures: capture !== null,
    made: row !== null || related,
  });
  const tab = tabs.some(({ id: kind }) => kind === wanted) ? wanted : (tabs[0]?.id ?? 'all');
  const shown = sections.data?.filter(({ kind }) => tab === 'all' || kind === tab) ?? [];
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
      {tab === 'all' && <Relations subject={subject} />}
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
      {tabs.length > 0 && (
        <Tabs.Root
          value={tab}
          onValueChange={(next) => {
            const found = tabs.find(({ id: kind }) => kind === next);
            if (found) setWanted(found.id);
          }}
        >
          <TabStrip label="What is told of it" tabs={tabs} className="selected-kinds" />
          <TabPanel id={tab}>
            {shown.map((section) => (
              <ProgramText
                key={section.title + section.command}
                title={section.title}
                command={section.command}
                text={section.text}
                host={host}
              />
            ))}
            {tab === 'captures' && capture && <CapturesOf place={capture} />}
            {tab === 'made' && (
              <div className="selected-made">
                <Relations subject={subject} />
                {row && (
                  <>
                    <Button glyph="db" onClick={() => actions.showRow(row)}>
                      Open its northbound row
                    </Button>
                    <MadeFlows shown={row} />
                  </>
                )}
              </div>
            )}
          </TabPanel>
        </Tabs.Root>
      )}
      {sections.data?.length === 0 && tabs.length === 0 && (
        <p className="packet-note">Nothing more is known of it.</p>
      )}
    </>
  );
}
