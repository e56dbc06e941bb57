/** Chooses what the page shows by its address, and holds what stands above every page: dialogs, drop zone, messages. */
import { lazy, Suspense, useDeferredValue, useEffect, useMemo } from 'react';
import { Tooltip } from '@base-ui/react/tooltip';
import { Catalogue } from '../catalogue/Catalogue.tsx';
import { Dialogs } from '../dialogs/Dialogs.tsx';
import { parseRoute, slotOf } from '../document/route.ts';
import { useAddress } from './address.ts';
import { DropZone } from './DropZone.tsx';
import { NoticeList } from './NoticeList.tsx';
import { Opening } from './Opening.tsx';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { useOpenerState, useServices } from './Services.tsx';
import { useTheme } from './theme.ts';
import './shell.css';

/** The catalogue needs none of the workbench; a document's address asks for it at once, while the engine is still at work. */
const loadWorkbench = () => import('./Workbench.tsx');
const Workbench = lazy(loadWorkbench);

export function App() {
  const address = useAddress();
  const route = useMemo(() => parseRoute(address), [address]);
  const { opener } = useServices();
  const { slot, opened } = useOpenerState();
  // The workbench is built between other work: a page that opens a large file stays awake.
  const built = useDeferredValue(opened);
  useTheme();

  const wanted = slotOf(route);
  useEffect(() => {
    // Whoever shows it tells that it did not come.
    if (wanted !== null) void loadWorkbench().catch(() => undefined);
    void opener.openRoute(route);
    // The place to look at changes with every step; only another document is opened.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [opener, wanted]);

  return (
    <Tooltip.Provider delay={500}>
      <DropZone>
        {route.kind === 'catalogue' ? (
          <Catalogue />
        ) : slot === wanted && built === opened ? (
          <PaneBoundary name="The workbench">
            <Suspense fallback={<Opening />}>
              <Workbench key={opened} />
            </Suspense>
          </PaneBoundary>
        ) : (
          <Opening />
        )}
        <Dialogs />
        <NoticeList />
      </DropZone>
    </Tooltip.Provider>
  );
}
