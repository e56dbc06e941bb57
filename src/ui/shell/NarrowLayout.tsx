/** Under 600 px: the picture, one tab at a time, and the step buttons at the bottom. */
import { Tabs } from '@base-ui/react/tabs';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { TabPanel, TabStrip } from '../controls/TabStrip.tsx';
import { StepButtons } from '../dock/StepButtons.tsx';
import { StepCount } from '../dock/StepCount.tsx';
import { TerminalPane } from '../dock/TerminalPane.tsx';
import { TracePane } from '../dock/TracePane.tsx';
import { DecidedBy } from '../inspector/DecidedBy.tsx';
import { Inspector } from '../inspector/Inspector.tsx';
import { DiagramPanel } from '../picture/DiagramPanel.tsx';
import { TrailingPicture } from '../picture/PictureProvider.tsx';
import type { ViewportSlice } from '../store/slices.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

const TABS: readonly { readonly id: ViewportSlice['narrow']; readonly text: string }[] = [
  { id: 'packet', text: 'Packet' },
  { id: 'why', text: 'Why' },
  { id: 'trace', text: 'Trace' },
  { id: 'terminal', text: 'Terminal' },
];

export function NarrowLayout() {
  const tab = usePage((state) => state.viewport.narrow);
  const { showNarrow } = useActions();
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
          const found = TABS.find(({ id }) => id === next);
          if (found) showNarrow(found.id);
        }}
      >
        <div className="narrow-head">
          <TabStrip label="Panels" tabs={TABS} />
          <StepCount short />
        </div>
        <TabPanel id="packet" className="scroll">
          <PaneBoundary name="The inspector">
            <TrailingPicture>
              <Inspector mode="narrow" />
            </TrailingPicture>
          </PaneBoundary>
        </TabPanel>
        <TabPanel id="why" className="scroll">
          <PaneBoundary name="The reasons">
            <TrailingPicture>
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
      </Tabs.Root>
      <footer className="panel narrow-steps">
        <StepButtons spread />
      </footer>
    </>
  );
}
