/** What failed, where in which file, and what stayed as it was. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useOpenerState, useServices } from '../shell/Services.tsx';

export function FailureDialog() {
  const { opener } = useServices();
  const { failure } = useOpenerState();
  return (
    <AlertDialog.Root
      open={failure !== null}
      onOpenChange={(open) => {
        if (!open) opener.dismiss();
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="modal-backdrop" />
        <AlertDialog.Popup className="modal failure" style={{ width: 480 }}>
          <header className="modal-head">
            <AlertDialog.Title className="modal-title">
              <Glyph name="warn" />
              {failure?.title}
            </AlertDialog.Title>
          </header>
          <div className="modal-body scroll">
            <AlertDialog.Description className="failure-message">{failure?.message}</AlertDialog.Description>
            {failure?.place && (
              <dl>
                <dt>Where</dt>
                <dd>
                  <code>{failure.place}</code>
                </dd>
              </dl>
            )}
            {failure?.remedy && <p>{failure.remedy}</p>}
            {failure?.kept && <p className="quiet">{failure.kept}</p>}
          </div>
          <footer className="modal-foot">
            <AlertDialog.Close className="button button-line">Close</AlertDialog.Close>
          </footer>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
