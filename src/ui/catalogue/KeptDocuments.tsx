/** Documents that this browser has kept, newest first. */
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { ShelfEntry } from '../document/shelf.ts';

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const addressOf = (slot: string): string => `#/${slot.slice(0, 2)}${encodeURIComponent(slot.slice(2))}`;

interface KeptDocumentsProps {
  readonly entries: readonly ShelfEntry[];
  readonly onRemove: (slot: string) => Promise<void>;
}

export function KeptDocuments({ entries, onRemove }: KeptDocumentsProps) {
  return (
    <section aria-labelledby="catalogue-kept">
      <h2 id="catalogue-kept">Go on with</h2>
      <ul className="catalogue-kept">
        {entries.slice(0, 8).map(({ slot, title, savedAt, commands }) => (
          <li key={slot}>
            <a href={addressOf(slot)}>
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
              onClick={() => void onRemove(slot)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
