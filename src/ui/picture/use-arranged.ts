/** The layout of the picture: at once where it is small, else from a worker, so that none keeps the page from keys and pointer. */
import { startTransition, useEffect, useMemo, useState } from 'react';
import { layoutDiagram, leaveOut, type DiagramModel, type Point } from '../../view/index.ts';
import { openLayoutDesk } from './layout-desk.ts';
import { createLayoutMemory, type Arranged } from './layout-memory.ts';

/** Things in a picture that is laid out at once: some milliseconds of work. */
const AT_ONCE = 250;

const startWorker = (): Worker =>
  new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module', name: 'layout' });

/**
 * The model in view with its layout. `picture` names what is looked at in the world `epoch`. While a large model is laid
 * out, the one before it stays; an empty one where there is none of this world, and `arranging` is true.
 */
export function useArranged(
  model: DiagramModel,
  pinned: ReadonlyMap<string, Point>,
  picture: string,
  epoch: number,
): Omit<Arranged, 'picture'> & { readonly arranging: boolean } {
  const [desk] = useState(() => openLayoutDesk(startWorker));
  const [memory] = useState(() => createLayoutMemory(desk));
  useEffect(() => desk.close, [desk]);

  const name = `${epoch} ${picture}`;
  const isLarge = model.nodes.length > AT_ONCE;
  const now = useMemo(
    () => (isLarge ? null : memory.lay(model, pinned, name)),
    [memory, model, pinned, name, isLarge],
  );
  const [shown, setShown] = useState<Arranged | null>(null);
  if (now !== null && now !== shown) setShown(now);

  useEffect(() => {
    if (!isLarge) return;
    let isWanted = true;
    memory.layAtDesk(model, pinned, name).then(
      (arranged) => {
        // Of the picture that is looked at, one that was overtaken on its way is still newer than what is shown.
        if (arranged)
          startTransition(() =>
            setShown((before) => (isWanted || before?.picture === arranged.picture ? arranged : before)),
          );
      },
      (error: unknown) =>
        setShown(() => {
          throw error;
        }),
    );
    return () => {
      isWanted = false;
    };
  }, [memory, model, pinned, name, isLarge]);

  const kept = now ?? (shown?.picture.startsWith(`${epoch} `) === true ? shown : null);
  const empty = useMemo(() => {
    if (kept) return null;
    const nothing = leaveOut(model, new Set(model.nodes.map(({ id }) => id)));
    return { model: nothing, layout: layoutDiagram(nothing, { pinned: new Map() }) };
  }, [kept, model]);
  const drawn = kept ?? empty;
  if (!drawn) throw new Error('neither a picture nor an empty one');
  return { model: drawn.model, layout: drawn.layout, arranging: kept === null };
}
