/** The page: makes the long-lived objects, joins the engine, and renders. */
import { createRoot } from 'react-dom/client';
import type { EngineClient } from '../engine/client.ts';
import { createOpener } from './document/opener.ts';
import { openShelf } from './document/shelf.ts';
import { createSession } from './engine/session.ts';
import { createQueryClient, SessionProvider } from './engine/SessionProvider.tsx';
import { App } from './shell/App.tsx';
import { keepOffline } from './shell/offline.ts';
import { navigate } from './shell/address.ts';
import { ServicesProvider } from './shell/Services.tsx';
import { loadPreferences, savePreferences } from './store/preferences.ts';
import { createPageStore } from './store/store.ts';
import { StoreProvider } from './store/StoreProvider.tsx';
import { createScreens } from './terminal/screens.ts';
import { createTerminals } from './terminal/terminals.ts';
import './tokens.css';
import './base.css';
import './controls/controls.css';

/** Once, with the engine that was started before. */
export function startPage(engine: EngineClient): void {
  const session = createSession(engine);
  const store = createPageStore(loadPreferences(localStorage));
  const shelf = openShelf();
  const screens = createScreens();
  const terminals = createTerminals(session, screens, () => void opener.save());
  const opener = createOpener({ session, store, shelf, screens, terminals, navigate });

  store.subscribe((state, before) => {
    if (state.preferences !== before.preferences) savePreferences(localStorage, state.preferences);
  });

  keepOffline();

  const root = document.getElementById('root');
  if (root)
    createRoot(root).render(
      <SessionProvider session={session} queries={createQueryClient()}>
        <StoreProvider store={store}>
          <ServicesProvider services={{ opener, shelf, terminals }}>
            <App />
          </ServicesProvider>
        </StoreProvider>
      </SessionProvider>,
    );
}
