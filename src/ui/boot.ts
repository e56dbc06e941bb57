/** The page's entry, kept small: what takes long (the engine, the workbench for a document) is asked for before the rest is read. */
import { startEngine } from '../engine/start.ts';
import { parseRoute } from './document/route.ts';
import { fetchStarted } from './document/started.ts';

/** The catalogue needs neither a world nor the workbench. */
const route = parseRoute(location.hash);
const toOpen = route.kind !== 'catalogue';
const started = route.kind === 'scenario' ? { id: route.id, fetched: fetchStarted(route.id) } : null;
const engine = startEngine(toOpen);
if (toOpen) void import('./shell/Workbench.tsx').catch(() => undefined);
void import('./main.tsx').then(
  ({ startPage }) => startPage(engine, started),
  () => {
    // Nothing that could say it better is here.
    const root = document.getElementById('root');
    if (root)
      root.textContent = 'Hopscope could not be read whole. Check the connection, then reload the page.';
  },
);
