/** Dialogs of the open document. */
import { lazy, Suspense } from 'react';
import { PartBoundary } from '../controls/PartBoundary.tsx';
import { useServices } from '../shell/Services.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { CaptureDialog } from './CaptureDialog.tsx';

const ExportDialog = lazy(() => import('./ExportDialog.tsx'));
const ComposeDialog = lazy(() => import('../compose/ComposeDialog.tsx'));
const ShareDialog = lazy(() => import('./ShareDialog.tsx'));

export function WorkDialogs() {
  const dialog = usePage((state) => state.viewport.dialog);
  const { closeDialog } = useActions();
  const { notices } = useServices();
  if (dialog?.kind === 'capture')
    return <CaptureDialog host={dialog.host} namespace={dialog.namespace} device={dialog.device} />;
  return (
    <PartBoundary
      key={dialog?.kind}
      onMissing={() => {
        closeDialog();
        notices.put({ kind: 'part' });
      }}
    >
      <Suspense fallback={null}>
        {dialog?.kind === 'compose' && <ComposeDialog draft={dialog.draft} />}
        {dialog?.kind === 'export' && <ExportDialog />}
        {dialog?.kind === 'share' && <ShareDialog />}
      </Suspense>
    </PartBoundary>
  );
}
