/** Dialogs of the open document. */
import { lazy, Suspense } from 'react';
import { usePage } from '../store/StoreProvider.tsx';
import { CaptureDialog } from './CaptureDialog.tsx';

const ExportDialog = lazy(() => import('./ExportDialog.tsx'));
const ComposeDialog = lazy(() => import('../compose/ComposeDialog.tsx'));
const ShareDialog = lazy(() => import('./ShareDialog.tsx'));

export function WorkDialogs() {
  const dialog = usePage((state) => state.viewport.dialog);
  switch (dialog?.kind) {
    case 'compose':
      return (
        <Suspense fallback={null}>
          <ComposeDialog draft={dialog.draft} />
        </Suspense>
      );
    case 'capture':
      return <CaptureDialog host={dialog.host} namespace={dialog.namespace} device={dialog.device} />;
    case 'export':
      return (
        <Suspense fallback={null}>
          <ExportDialog />
        </Suspense>
      );
    case 'share':
      return (
        <Suspense fallback={null}>
          <ShareDialog />
        </Suspense>
      );
    default:
      return null;
  }
}
