/** The page: makes the long-lived objects, joins the engine, and renders. */
import { createRoot } from 'react-dom/client';
import type { EngineClient } from '../engine/client.ts';
import type { Started } from '../engine/started.ts';
import { createJournal } from './document/journal.ts';
import { createLivingTabs } from './document/living-tabs.ts';
import { createOpener } from './document/opener.ts';
import { parseRoute, slotOf } from './document/route.ts';
import { openShelf } from './document/shelf.ts';
import { fetchStarted } from './document/started.ts';
import { createSession } from './engine/session.ts';
import { createQueryClient, SessionProvider } from './engine/SessionProvider.tsx';
import { App } from './shell/App.tsx';
import { keepFocus } from './shell/focus-keeper.ts';
import { keepOffline } from './shell/offline.ts';
import { navigate } from './shell/address.ts';
import { createNotices } from './shell/notices.ts';
import { ServicesProvider } from './shell/Services.tsx';
import { loadPreferences, savePreferences } from './store/preferences.ts';
import { createPageStore } from './store/store.ts';
import { StoreProvider } from './store/StoreProvider.tsx';
import { createScreens } from './terminal/screens.ts';
import { createTerminals } from './terminal/terminals.ts';
import './tokens.css';
import './base.css';
import './controls/controls.css';

/** Where the focus goes when all that was near it is gone: the open network, or the catalogue. */
const FOCUS_ENTRIES = ['.picture-canvas', '.explorer-tree', 'main a', 'a'] as const;

/** Once, with the engine that was started before, and what was asked for of the scenario in the address. */
export function startPage(
  engine: EngineClient,
  asked: { readonly id: string; readonly fetched: Promise<Started | null> } | null,
): void {
  const queries = createQueryClient();
  const store = createPageStore(loadPreferences(() => localStorage));
  const notices = createNotices();
  const shelf = openShelf(
    (trouble) => (trouble === null ? notices.withdraw('keeping') : notices.put({ kind: 'keeping', trouble })),
    () => localStorage,
    createLivingTabs(navigator.locks),
  );
  const journal = createJournal(createSession(engine), shelf.saveDeeds);
  const { session } = journal;
  engine.onFault((message) => notices.put({ kind: 'fault', message }));
  const screens = createScreens();
  const terminals = createTerminals(session, screens, () => void opener.save());
  const opener = createOpener({
    session,
    queries,
    store,
    shelf,
    screens,
    terminals,
    journal,
    parted: (name) => notices.put({ kind: 'parted', name }),
    navigate,
    started: (id) => (id === asked?.id ? asked.fetched : fetchStarted(id)),
  });

  store.subscribe((state, before) => {
    if (state.preferences !== before.preferences) savePreferences(() => localStorage, state.preferences);
  });

  const beginning = {
    over: () => {
      const { slot, working, failure } = opener.state();
      const opens = slot === null && slotOf(parseRoute(location.hash)) !== null;
      return working === null && (!opens || failure !== null);
    },
    subscribe: opener.subscribe,
  };
  keepOffline(beginning, () => notices.put({ kind: 'newer' }));

  keepFocus(document, { entries: FOCUS_ENTRIES }, new AbortController().signal);

  const root = document.getElementById('root');
  if (root)
    createRoot(root).render(
      <SessionProvider session={session} queries={queries}>
        <StoreProvider store={store}>
          <ServicesProvider services={{ opener, shelf, notices, terminals }}>
            <App />
          </ServicesProvider>
        </StoreProvider>
      </SessionProvider>,
    );
}
