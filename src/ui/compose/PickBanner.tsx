/** While a packet's start or end is being picked: what to do, and how to give it up. */
import { memo, useEffect } from 'react';
import { Button } from '../controls/Button.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import './compose.css';

export const PickBanner = memo(function PickBanner() {
  const picking = usePage((state) => state.viewport.picking);
  const { openDialog } = useActions();
  useEffect(() => {
    if (!picking) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') openDialog({ kind: 'compose', draft: picking.draft });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [picking, openDialog]);
  if (!picking) return null;
  return (
    <output className="pick-banner">
      Choose in the diagram or the explorer where the packet {picking.end === 'from' ? 'starts' : 'goes'}
      <Button weight="line" onClick={() => openDialog({ kind: 'compose', draft: picking.draft })}>
        Cancel
      </Button>
    </output>
  );
});
