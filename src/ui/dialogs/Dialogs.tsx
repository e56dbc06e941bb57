/** Dialogs that need no open world: choosing files, and what went wrong with them. */
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { FailureDialog } from './FailureDialog.tsx';
import { FileChooser } from './FileChooser.tsx';
import { PasteBox } from './PasteBox.tsx';
import { Modal } from '../controls/Modal.tsx';
import './dialogs.css';

export function Dialogs() {
  const open = usePage((state) => state.viewport.dialog?.kind === 'open');
  const { closeDialog } = useActions();
  return (
    <>
      <Modal
        title="Open"
        description="What is open now stays in this browser."
        open={open}
        onClose={closeDialog}
        width={560}
      >
        <FileChooser onChosen={closeDialog} />
        <PasteBox onChosen={closeDialog} />
      </Modal>
      <FailureDialog />
    </>
  );
}
