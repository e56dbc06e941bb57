/** Under 600 px: the picture, one tab at a time, and the step buttons at the bottom. */
import { Tabs } from '@base-ui/react/tabs';
import { BgpPane } from '../bgp/BgpPane.tsx';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { TabPanel, TabStrip } from '../controls/TabStrip.tsx';
import { StepButtons } from '../dock/StepButtons.tsx';
import { StepCount } from '../dock/StepCount.tsx';
import { TerminalPane } from '../dock/TerminalPane.tsx';
import { TracePane } from '../dock/TracePane.tsx';
import { RowPanel } from '../database/RowPanel.tsx';
import { DecidedBy } from '../inspector/DecidedBy.tsx';
import { GuideTab } from '../inspector/GuideTab.tsx';
import { Inspector } from '../inspector/Inspector.tsx';
import { SelectedTab } from '../inspector/SelectedTab.tsx';
import { DiagramPanel } from '../picture/DiagramPanel.tsx';
import { TrailingPicture, useWorld } from '../picture/PictureProvider.tsx';
import type { ViewportSlice } from '../store/slices.ts';
import { describeSubject } from '../subjects/describe.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

type NarrowTab = ViewportSlice['narrow'];

/** Longer names of things are cut in their tab; the panel has them whole. */
const TAB_NAME = 12;

const shortened = (name: string): string =>
  name.length > TAB_NAME ? `${name.slice(0, TAB_NAME - 1)}…` : name;

/** The panels that there is something for. */
function useTabs(): readonly { readonly id: NarrowTab; readonly text: string }[] {
  const { snapshot } = useWorld();
  const subject = usePage((state) => state.selection.subject);
  const row = usePage((state) => state.viewport.row);
  const scenario = usePage((state) => state.document.source?.kind === 'scenario');
  const name = subject ? describeSubject(subject, snapshot).name : '';
  return [
    { id: 'packet', text: 'Packet' },
    { id: 'why', text: 'Why' },
    { id: 'trace', text: 'Trace' },
    { id: 'terminal', text: 'Terminal' },
    ...(subject
      ? [
          {
            id: 'selected' as const,
            text: shortened(name),
          },
        ]
      : []),
    ...(row ? [{ id: 'row' as const, text: shortened(row.table) }] : []),
    ...(snapshot.routing ? [{ id: 'bgp' as const, text: 'BGP' }] : []),
    ...(scenario ? [{ id: 'guide' as const, text: 'Guide' }] : []),
  ];
}

export function NarrowLayout() {
  const tabs = useTabs();
  const wanted = usePage((state) => state.viewport.narrow);
  const subject = usePage((state) => state.selection.subject);
  // What nobody wrote a guide for begins with the terminal.
  const instead = wanted === 'guide' ? 'terminal' : 'packet';
  const tab = tabs.some(({ id }) => id === wanted) ? wanted : instead;
  const row = usePage((state) => state.viewport.row);
  const { showNarrow, showRow } = useActions();
  return (
    <>
      <div className="panel narrow-picture">
        <PaneBoundary name="The diagram">
          <DiagramPanel mode="narrow" />
        </PaneBoundary>
      </div>
      <Tabs.Root
        className="panel narrow-tabs"
        render={<section aria-label="Panels" />}
        value={tab}
        onValueChange={(next) => {
          const found = tabs.find(({ id }) => id === next);
          if (found) showNarrow(found.id);
        }}
      >
        <div className="narrow-head">
          <TabStrip label="Panels" tabs={tabs} />
          <StepCount short />
        </div>
        <TabPanel id="packet" className="scroll">
          <PaneBoundary name="The inspector">
            <TrailingPicture turn={0} detail>
              <Inspector mode="narrow" />
            </TrailingPicture>
          </PaneBoundary>
        </TabPanel>
        <TabPanel id="why" className="scroll">
          <PaneBoundary name="The reasons">
            <TrailingPicture turn={0} detail>
              <DecidedBy />
            </TrailingPicture>
          </PaneBoundary>
        </TabPanel>
        <TabPanel id="trace">
          <PaneBoundary name="The trace">
            <TracePane mode="narrow" />
          </PaneBoundary>
        </TabPanel>
        <TabPanel id="terminal">
          <PaneBoundary name="The terminal">
            <TerminalPane />
          </PaneBoundary>
        </TabPanel>
        {subject && (
          <TabPanel id="selected" className="scroll">
            <PaneBoundary name="This panel">
              <TrailingPicture turn={0} detail>
                <SelectedTab subject={subject} />
              </TrailingPicture>
            </PaneBoundary>
          </TabPanel>
        )}
        {row && (
          <TabPanel id="row">
            <PaneBoundary name="This row">
              <RowPanel shown={row} onClose={() => showRow(null)} />
            </PaneBoundary>
          </TabPanel>
        )}
        <TabPanel id="bgp">
          <PaneBoundary name="BGP">
            <BgpPane />
          </PaneBoundary>
        </TabPanel>
        <TabPanel id="guide" className="scroll">
          <GuideTab touch />
        </TabPanel>
      </Tabs.Root>
      <footer className="panel narrow-steps">
        <StepButtons spread />
      </footer>
    </>
  );
}
