/** Back, over, into, out, play, run: the debugger's buttons. */
import { IconButton } from '../controls/IconButton.tsx';
import { useStepper } from '../commands/use-stepper.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

export function StepButtons({ spread = false }: { readonly spread?: boolean }) {
  const { canStep, atStart, atEnd, step, run, play } = useStepper();
  const playing = usePage((state) => state.playback.playing);
  const atDrops = usePage((state) => state.document.breakpoints.some(({ kind }) => kind === 'drop'));
  const { toggleBreakpoint } = useActions();
  return (
    <fieldset className={`step-buttons${spread ? ' step-buttons-spread' : ''}`} aria-label="Step">
      <IconButton
        glyph="back"
        label="Step back"
        keys="F9"
        disabled={!canStep || atStart}
        onClick={() => step('back')}
      />
      <IconButton
        glyph="over"
        label="Step over"
        keys="F10"
        disabled={!canStep || atEnd}
        onClick={() => step('over')}
      />
      <IconButton
        glyph="into"
        label="Step into"
        keys="F11"
        disabled={!canStep || atEnd}
        onClick={() => step('into')}
      />
      <IconButton
        glyph="out"
        label="Step out"
        keys="Shift F11"
        disabled={!canStep || atEnd}
        onClick={() => step('out')}
      />
      <IconButton
        glyph={playing ? 'pause' : 'play'}
        label={playing ? 'Pause' : 'Play'}
        keys="Space"
        disabled={!canStep}
        onClick={() => play(!playing)}
      />
      <IconButton glyph="end" label="Run to the end" keys="F8" disabled={!canStep || atEnd} onClick={run} />
      {!spread && (
        <IconButton
          glyph="drop"
          label="Stop at drops"
          keys="D"
          aria-pressed={atDrops}
          onClick={() => toggleBreakpoint({ kind: 'drop' })}
        />
      )}
    </fieldset>
  );
}
