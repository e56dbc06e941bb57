/** Fields that one follows along the path: what they hold here, and which step wrote it. */
import { useMemo, useState } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import type { Result } from '../../core/base/result.ts';
import type { FieldTrack } from '../../view/index.ts';
import { useFieldTracks } from '../engine/run-facts.ts';
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
  'nw_ttl',
  'ip.ttl',
  'geneve.vni',
];

export function Watches() {
  const watches = usePage((state) => state.document.watches);
  const { setWatches } = useActions();
  const { run, steps, index } = usePicture();
  const fields = useMemo(() => fieldHistory(steps, index), [steps, index]);
  const { tracks } = useFieldTracks(run?.id ?? null, steps, watches);
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
        {watches.map((field) => (
          <li key={field}>
            <code>{field}</code>
            <Held track={tracks.get(field)} index={index} />
            <IconButton
              glyph="cross"
              size={12}
              label={`Do not watch ${field}`}
              onClick={() => setWatches(watches.filter((other) => other !== field))}
            />
          </li>
        ))}
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

/** What a field holds at a step and since when; where it is gone, what it held last. */
function Held({
  track,
  index,
}: {
  readonly track: Result<FieldTrack, string> | undefined;
  readonly index: number;
}) {
  const { goTo } = useActions();
  if (track?.ok !== true)
    return (
      <>
        <code>{track ? '' : '…'}</code>
        <span title={track?.error}>{track?.error}</span>
      </>
    );
  const { valuesAt, valuesBefore, since } = track.value;
  const value = valuesAt(index).join(', ');
  const from = since(index);
  if (from < 0)
    return (
      <>
        <code>none</code>
        <span>not in this packet so far</span>
      </>
    );
  const before = valuesBefore(from).join(', ');
  // Where nothing holds it any more, one asks who wrote what was there.
  const writer = value === '' ? since(track.value.causeOf(from)) : from;
  return (
    <>
      <code title={value}>{value || 'none'}</code>
      <button type="button" className="step-link" onClick={() => goTo(writer)}>
        {before === '' ? `since step ${from + 1}` : `was ${before} until step ${from + 1}`}
      </button>
    </>
  );
}
