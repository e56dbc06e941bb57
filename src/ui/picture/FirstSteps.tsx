/** For who is here the first time: the next one of three things to do, until they are done or it is closed. */
import { memo, type ReactNode } from 'react';
import { PING } from '../compose/new-packet.ts';
import { canPing } from '../compose/ends.ts';
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { useWorld } from './PictureProvider.tsx';

const ALL = 3;

export const FirstSteps = memo(function FirstSteps() {
  const { snapshot, run } = useWorld();
  const isWanted = usePage((state) => state.preferences.firstSteps);
  const hasMoved = usePage((state) => state.playback.step > 0);
  const picking = usePage((state) => state.viewport.picking !== null);
  const scenario = usePage((state) => state.document.source?.kind === 'scenario');
  const { openDialog, setFirstSteps, showInspector } = useActions();
  if (!isWanted || picking || snapshot.hosts.length === 0) return null;
  if (run === null)
    return (
      <Hint number={1} onClose={() => setFirstSteps(false)}>
        {canPing(snapshot) ? (
          <>
            <span>Send a packet, or type a command in a terminal.</span>
            <Button weight="line" glyph="ping" onClick={() => openDialog({ kind: 'compose', draft: PING })}>
              Send a packet
            </Button>
          </>
        ) : (
          <>
            <span>Type a command in a terminal below.</span>
            {scenario && (
              <Button weight="line" glyph="file" onClick={() => showInspector('guide')}>
                What to try
              </Button>
            )}
          </>
        )}
      </Hint>
    );
  if (!hasMoved)
    return (
      <Hint number={2} onClose={() => setFirstSteps(false)}>
        <span>
          Follow it: <kbd>F10</kbd> to the next device, <kbd>F11</kbd> into its tables, <kbd>F9</kbd> back.
        </span>
      </Hint>
    );
  return (
    <Hint number={3} onClose={() => setFirstSteps(false)}>
      <span>
        Each step names the rows that decided it. Right-click a thing, or press <kbd>Shift F10</kbd>, for what
        it can do.
      </span>
      <Button weight="line" glyph="keys" onClick={() => openDialog({ kind: 'keys' })}>
        All keys
      </Button>
    </Hint>
  );
});

interface HintProps {
  readonly number: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Hint({ number, onClose, children }: HintProps) {
  return (
    <section className="first-steps" aria-label="First steps">
      <b>
        {number} <span>of {ALL}</span>
      </b>
      {children}
      <IconButton
        glyph="cross"
        size={14}
        label={number === ALL ? 'Close the first steps' : 'Skip the first steps'}
        onClick={onClose}
      />
    </section>
  );
}
