/** The page while a document is on its way: the frame at once, a bar after a moment, Cancel after a second; ways on if it did not come. */
import { useState } from 'react';
import { Busy } from '../controls/Busy.tsx';
import { Button } from '../controls/Button.tsx';
import { parseRoute } from '../document/route.ts';
import { navigate, useAddress } from './address.ts';
import { useOpenerState, useServices } from './Services.tsx';

export function Opening() {
  const { opener } = useServices();
  const { working, failure } = useOpenerState();
  const address = useAddress();
  // The dialog that told of it may be closed; what it told of is still so.
  const [told, setTold] = useState('');
  if (failure && failure.title !== told) setTold(failure.title);
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
      {!working && told !== '' && (
        <div className="opening-ways">
          <h1>{told}</h1>
          <Button weight="line" onClick={() => void opener.openRoute(parseRoute(address))}>
            Try again
          </Button>
          <Button weight="line" onClick={() => navigate('#/', false)}>
            Show the catalogue
          </Button>
        </div>
      )}
    </main>
  );
}
