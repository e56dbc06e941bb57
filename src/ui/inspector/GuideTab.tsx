/** What this scenario is, and commands that one might try next, in order. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { doneOf } from './guide-done.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useScenario, useTyped } from '../engine/queries.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { useServices } from '../shell/Services.tsx';

/** Asks first: what was typed since is lost. */
function StartOver() {
  const { opener } = useServices();
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className="button button-quiet guide-again">
        <Glyph name="undo" />
        Start over
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="modal-backdrop" />
        <AlertDialog.Popup className="modal" style={{ width: 400 }}>
          <header className="modal-head">
            <AlertDialog.Title className="modal-title">Start this scenario over?</AlertDialog.Title>
          </header>
          <div className="modal-body">
            <AlertDialog.Description>
              Every command typed since it was opened is lost.
            </AlertDialog.Description>
          </div>
          <footer className="modal-foot">
            <AlertDialog.Close className="button button-quiet">Keep it</AlertDialog.Close>
            <AlertDialog.Close className="button button-line" onClick={() => void opener.startOver()}>
              Start over
            </AlertDialog.Close>
          </footer>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** `touch`: no keys and no right button are at hand. */
export function GuideTab({ touch = false }: { readonly touch?: boolean }) {
  const source = usePage((state) => state.document.source);
  const typed = useTyped();
  const { terminals } = useServices();
  const { showTerminal, openDialog, setFirstSteps } = useActions();
  const hasFirstSteps = usePage((state) => state.preferences.firstSteps);
  const entry = useScenario(source?.kind === 'scenario' ? source.id : null);
  if (!entry) return null;
  const done = doneOf(entry.tryNext, typed);
  return (
    <section className="guide" aria-label="Guide">
      <p>{entry.summary}</p>
      <StartOver />
      <h2 className="section-head">
        Try next<span>on the machine named</span>
      </h2>
      <ol>
        {entry.tryNext.map(({ host, line, why }, at) => (
          <li key={at}>
            <span className="guide-number">
              {done[at] ? (
                <>
                  <Glyph name="check" size={14} />
                  <span className="visually-hidden">Done</span>
                </>
              ) : (
                at + 1
              )}
            </span>
            <div>
              <p>
                <b>{host}</b>
                <span>{why}</span>
              </p>
              <code>{line}</code>
            </div>
            <IconButton
              glyph="play"
              size={14}
              label={`Run on ${host}: ${line}`}
              onClick={() => {
                showTerminal(host);
                void terminals.of(host).run(line);
              }}
            />
          </li>
        ))}
      </ol>
      <h2 className="section-head">Then</h2>
      {touch ? (
        <ul className="guide-then">
          <li>The buttons below step on, into the tables of a bridge, out of them and back.</li>
          <li>Tap a thing to read it. Hold it to ping, capture, stop or break it.</li>
        </ul>
      ) : (
        <ul className="guide-then">
          <li>
            <kbd>F10</kbd> steps on, <kbd>F11</kbd> goes into the tables of a bridge, <kbd>F9</kbd> goes back.
          </li>
          <li>Right-click anything to ping, capture, stop or break it.</li>
          <li className="guide-ways">
            <Button weight="line" glyph="keys" onClick={() => openDialog({ kind: 'keys' })}>
              All keys
            </Button>
            {!hasFirstSteps && (
              <Button weight="line" glyph="play" onClick={() => setFirstSteps(true)}>
                First steps
              </Button>
            )}
          </li>
        </ul>
      )}
    </section>
  );
}
