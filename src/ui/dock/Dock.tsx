/** The bottom panel: the trace, the terminals, captures and the logical trace, with the step controls over all of them. */
import { Tabs } from '@base-ui/react/tabs';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { TabPanel, TabStrip } from '../controls/TabStrip.tsx';
import { useCaptures } from '../engine/queries.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import type { DockTab } from '../store/slices.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { BgpPane } from '../bgp/BgpPane.tsx';
import { CapturePane } from './CapturePane.tsx';
import { LevelChoice } from './LevelChoice.tsx';
import { FlowsPane } from '../flows/FlowsPane.tsx';
import { PipelinePane } from '../pipeline/PipelinePane.tsx';
import { OvnTracePane } from '../trace-form/OvnTracePane.tsx';
import { StepButtons } from './StepButtons.tsx';
import { StepCount } from './StepCount.tsx';
import { TerminalPane } from './TerminalPane.tsx';
import { TracePane } from './TracePane.tsx';
import './dock.css';

export function Dock({ mode }: { readonly mode: LayoutMode }) {
  const { snapshot } = useWorld();
  const captures = useCaptures();
  const wanted = usePage((state) => state.viewport.dock);
  const { showDock } = useActions();
  const hasHosts = snapshot.hosts.length > 0;
  const tabs: readonly { readonly id: DockTab; readonly text: string; readonly count?: number }[] = [
    ...(hasHosts
      ? [
          { id: 'trace' as const, text: 'Trace' },
          { id: 'terminal' as const, text: 'Terminal' },
          { id: 'capture' as const, text: 'Capture', count: captures.length },
        ]
      : []),
    ...(snapshot.logical
      ? [
          { id: 'ovn-trace' as const, text: 'OVN trace' },
          { id: 'pipeline' as const, text: 'Pipeline' },
        ]
      : []),
    ...(hasHosts ? [{ id: 'flows' as const, text: 'Flows' }] : []),
    ...(snapshot.routing ? [{ id: 'bgp' as const, text: 'BGP' }] : []),
  ];
  const tab = tabs.some(({ id }) => id === wanted) ? wanted : (tabs[0]?.id ?? 'trace');
  return (
    <Tabs.Root
      className="dock"
      value={tab}
      onValueChange={(next) => {
        const found = tabs.find(({ id }) => id === next);
        if (found) showDock(found.id);
      }}
      render={<section aria-label="Dock" />}
    >
      <header className="dock-head">
        <TabStrip label="Dock" tabs={tabs} />
        {hasHosts && (
          <div className="dock-steps">
            <LevelChoice short={mode !== 'wide'} />
            <StepButtons />
          </div>
        )}
        <StepCount short={mode !== 'wide'} />
      </header>
      {hasHosts && (
        <>
          <TabPanel id="trace">
            <PaneBoundary name="The trace">
              <TracePane mode={mode} />
            </PaneBoundary>
          </TabPanel>
          <TabPanel id="terminal">
            <PaneBoundary name="The terminal">
              <TerminalPane />
            </PaneBoundary>
          </TabPanel>
          <TabPanel id="capture">
            <PaneBoundary name="The captures">
              <CapturePane />
            </PaneBoundary>
          </TabPanel>
        </>
      )}
      <TabPanel id="ovn-trace">
        <PaneBoundary name="The logical trace">
          <OvnTracePane />
        </PaneBoundary>
      </TabPanel>
      <TabPanel id="pipeline">
        <PaneBoundary name="The pipeline">
          <PipelinePane />
        </PaneBoundary>
      </TabPanel>
      {snapshot.routing && (
        <TabPanel id="bgp">
          <PaneBoundary name="BGP">
            <BgpPane />
          </PaneBoundary>
        </TabPanel>
      )}
      <TabPanel id="flows">
        <PaneBoundary name="The flows">
          <FlowsPane />
        </PaneBoundary>
      </TabPanel>
    </Tabs.Root>
  );
}
