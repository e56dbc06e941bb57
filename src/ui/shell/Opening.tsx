/** The page while a document is on its way: the frame at once, a bar after a moment, Cancel after a second. */
import { Busy } from '../controls/Busy.tsx';
import { Button } from '../controls/Button.tsx';
import { navigate } from './address.ts';
import { useOpenerState, useServices } from './Services.tsx';

export function Opening() {
  const { opener } = useServices();
  const { working, failure } = useOpenerState();
  return (
    <main className="opening">
      {working && (
        <Busy
          text={working.text}
          part={working.part}
          onCancel={() => {
            opener.cancel();
            navigate('#/', true);
          }}
        />
      )}
      {!working && failure && (
        <Button weight="line" onClick={() => navigate('#/', false)}>
          Show the catalogue
        </Button>
      )}
    </main>
  );
}
