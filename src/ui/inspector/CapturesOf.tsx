/** The captures that listen, or listened, on a chosen thing. */
import { Button } from '../controls/Button.tsx';
import { Empty } from '../controls/Empty.tsx';
import { useCaptures } from '../engine/queries.ts';
import { useActions } from '../store/StoreProvider.tsx';
import type { CapturePlace } from '../subjects/actions.ts';

export function CapturesOf({ place }: { readonly place: CapturePlace }) {
  const { openDialog, showCapture } = useActions();
  const own = useCaptures().filter(
    ({ host, namespace, device }) =>
      host === place.host && namespace === place.namespace && device === place.device,
  );
  const start = (): void => openDialog({ kind: 'capture', ...place });
  if (own.length === 0)
    return (
      <Empty text={`Nobody has listened on ${place.device} yet.`}>
        <Button weight="line" glyph="packet" onClick={start}>
          Capture
        </Button>
      </Empty>
    );
  return (
    <ul className="captures-of" aria-label={`Captures on ${place.device}`}>
      {own.map(({ id, filter, packets, running }) => (
        <li key={id}>
          <button type="button" onClick={() => showCapture(id)}>
            <b>{filter === '' ? 'every packet' : filter}</b>
            <span>
              {packets} {packets === 1 ? 'packet' : 'packets'}, {running ? 'listening' : 'stopped'}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
