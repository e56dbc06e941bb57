/** Documents that this browser has kept, newest first. */
import { useState } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { Button } from '../controls/Button.tsx';
import { addressOfSlot } from '../document/shelf.ts';
import type { Kept } from './use-kept.ts';

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Shown at first. */
const SHOWN = 8;

export function KeptDocuments({ kept }: { readonly kept: Kept }) {
  const { entries, forgotten, forget } = kept;
  const [all, setAll] = useState(false);
  return (
    <section aria-labelledby="catalogue-kept">
      <h2 id="catalogue-kept">Go on with</h2>
      <ul className="catalogue-kept">
        {entries.slice(0, all ? entries.length : SHOWN).map((entry) => {
          const { slot, title, savedAt, commands } = entry;
          return (
            <li key={slot}>
              <a href={addressOfSlot(slot)}>
                <Glyph name={slot.startsWith('f/') ? 'db' : 'file'} className="quiet" />
                <b>{title || 'Untitled'}</b>
                {commands > 0 && (
                  <span>
                    {commands} {commands === 1 ? 'command' : 'commands'} typed
                  </span>
                )}
                <time dateTime={new Date(savedAt).toISOString()}>{WHEN.format(savedAt)}</time>
              </a>
              <IconButton
                glyph="cross"
                size={14}
                label={`Forget ${title || 'this document'}`}
                onClick={() => void forget(entry)}
              />
            </li>
          );
        })}
      </ul>
      {(forgotten || (!all && entries.length > SHOWN)) && (
        <div className="catalogue-forgotten">
          {!all && entries.length > SHOWN && (
            <Button weight="quiet" onClick={() => setAll(true)}>
              Show all {entries.length}
            </Button>
          )}
          <output>{forgotten && `${forgotten.title || 'The document'} is forgotten.`}</output>
          {forgotten && (
            <Button weight="quiet" glyph="undo" onClick={() => void forgotten.restore()}>
              Undo
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
