/** The right panel: the packet at the playhead, the selected thing, the databases, and the guide. */
import { Tabs } from '@base-ui/react/tabs';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { TabPanel, TabStrip } from '../controls/TabStrip.tsx';
import { TrailingPicture, useRunNews, useWorld } from '../picture/PictureProvider.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { describeSubject } from '../subjects/describe.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { BreakpointsTab } from './BreakpointsTab.tsx';
import { DecidedBy } from './DecidedBy.tsx';
import { GuideTab } from './GuideTab.tsx';
import { InspectorHead } from './InspectorHead.tsx';
import { PacketTab } from './PacketTab.tsx';
import { SelectedTab } from './SelectedTab.tsx';
import { TablesTab } from './TablesTab.tsx';
import { Watches } from './Watches.tsx';
import './inspector.css';

/** Names longer than this are cut in the tab; the head has them whole. */
const TAB_NAME = 16;

export function Inspector({ mode }: { readonly mode: LayoutMode }) {
  const { snapshot } = useWorld();
  const subject = usePage((state) => state.selection.subject);
  const tab = usePage((state) => state.viewport.inspector);
  const { showInspector } = useActions();
  const breakpoints = usePage((state) => state.document.breakpoints.length);
  const scenario = usePage((state) => state.document.source?.kind === 'scenario');

  // A packet that starts to move is what one wants to see.
  useRunNews(() => showInspector('packet'));

  if (mode === 'narrow') return <PacketTab mode={mode} />;

  const name = subject ? describeSubject(subject, snapshot).name : '';
  const tabs = [
    { id: 'packet', text: 'Packet' },
    ...(subject
      ? [{ id: 'selected', text: name.length > TAB_NAME ? `${name.slice(0, TAB_NAME - 1)}…` : name }]
      : []),
    { id: 'tables', text: 'Tables' },
    ...(snapshot.hosts.length > 0 ? [{ id: 'breakpoints', text: 'Breakpoints', count: breakpoints }] : []),
    ...(scenario ? [{ id: 'guide', text: 'Guide' }] : []),
  ];
  const shown = tabs.some(({ id }) => id === tab) ? tab : (tabs[0]?.id ?? 'packet');
  return (
    <section className="inspector" aria-label="Inspector">
      <InspectorHead tab={shown} />
      <Tabs.Root
        className="inspector-tabs"
        value={shown}
        onValueChange={(next: string) => showInspector(next)}
      >
        <TabStrip label="Inspector" tabs={tabs} />
        <TabPanel id="packet" className="scroll">
          <PaneBoundary name="The packet">
            <PacketTab mode={mode} />
            <TrailingPicture turn={1}>
              <DecidedBy />
              <Watches />
            </TrailingPicture>
          </PaneBoundary>
        </TabPanel>
        {subject && (
          <TabPanel id="selected" className="scroll">
            <PaneBoundary name="This panel">
              <SelectedTab subject={subject} />
            </PaneBoundary>
          </TabPanel>
        )}
        <TabPanel id="tables">
          <PaneBoundary name="The database browser">
            <TablesTab />
          </PaneBoundary>
        </TabPanel>
        <TabPanel id="breakpoints" className="scroll">
          <PaneBoundary name="The breakpoints">
            <BreakpointsTab />
          </PaneBoundary>
        </TabPanel>
        <TabPanel id="guide" className="scroll">
          <GuideTab />
        </TabPanel>
      </Tabs.Root>
    </section>
  );
}
