/** Fields that one follows along the path: what they hold here, and which step wrote it. */
import { useMemo, useState } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { fieldHistory } from './field-history.ts';

const SUGGESTED = [
  'reg14',
  'reg15',
  'metadata',
  'tun_id',
  'ct_state',
  'reg10',
  'in_port',
  'eth_dst',
  'eth_src',
];

export function Watches() {
  const watches = usePage((state) => state.document.watches);
  const { setWatches, goTo } = useActions();
  const { steps, index } = usePicture();
  const fields = useMemo(() => fieldHistory(steps, index), [steps, index]);
  const [text, setText] = useState('');
  if (steps.length === 0) return null;
  const add = (): void => {
    const field = text.trim();
    if (field !== '' && !watches.includes(field)) setWatches([...watches, field]);
    setText('');
  };
  return (
    <section className="watches" aria-label="Watches">
      <h3 className="section-head">
        Watches<span>{watches.length > 0 ? watches.length : ''}</span>
      </h3>
      <ul>
        {watches.map((field) => {
          const held = fields.get(field);
          return (
            <li key={field}>
              <code>{field}</code>
              <code>{held?.value ?? 'unset'}</code>
              {held ? (
                <button type="button" className="step-link" onClick={() => goTo(held.step)}>
                  was {held.before || 'unset'} until step {held.step + 1}
                </button>
              ) : (
                <span>nothing on this path wrote it</span>
              )}
              <IconButton
                glyph="cross"
                size={12}
                label={`Do not watch ${field}`}
                onClick={() => setWatches(watches.filter((other) => other !== field))}
              />
            </li>
          );
        })}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="text-input mono"
          aria-label="Field to watch"
          placeholder="reg15, metadata, tun_id …"
          list="watch-fields"
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <datalist id="watch-fields">
          {[...new Set([...fields.keys(), ...SUGGESTED])].map((field) => (
            <option key={field} value={field}>
              {field}
            </option>
          ))}
        </datalist>
        <button type="submit" className="button button-quiet" disabled={text.trim() === ''}>
          Watch
        </button>
      </form>
    </section>
  );
}
