/** Find anything: a command, or a thing by name, address, MAC, VNI or uuid. */
import { lazy, Suspense, useEffect } from 'react';
import { Dialog } from '@base-ui/react/dialog';
import type { Command } from '../commands/use-commands.ts';
import { PartBoundary } from '../controls/PartBoundary.tsx';
import { useServices } from '../shell/Services.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import './palette.css';

const loadMenu = () => import('./PaletteMenu.tsx');
const PaletteMenu = lazy(loadMenu);
/** Fetched once the page is at rest, so that the first letters typed into it are not lost. */
const FETCH_AFTER = 1500;

export function CommandPalette({ commands }: { readonly commands: readonly Command[] }) {
  const open = usePage((state) => state.viewport.dialog?.kind === 'palette');
  const { closeDialog } = useActions();
  const { notices } = useServices();
  useEffect(() => {
    const timer = setTimeout(() => void loadMenu().catch(() => undefined), FETCH_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) closeDialog();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="modal-backdrop" />
        <Dialog.Popup className="modal palette" aria-label="Find anything">
          <PartBoundary
            onMissing={() => {
              closeDialog();
              notices.put({ kind: 'part' });
            }}
          >
            <Suspense fallback={null}>
              <PaletteMenu commands={commands} />
            </Suspense>
          </PartBoundary>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
