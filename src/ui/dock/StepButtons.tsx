/** Back, over, into, out, play, run: the debugger's buttons. */
import { useCallback, useMemo } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { useEnds, useStepper } from '../commands/use-stepper.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

export function StepButtons({ spread = false }: { readonly spread?: boolean }) {
  const { canStep, step, run, play } = useStepper();
  const { atStart, atEnd } = useEnds();
  const playing = usePage((state) => state.playback.playing);
  const atDrops = usePage((state) => state.document.breakpoints.some(({ kind }) => kind === 'drop'));
  const { toggleBreakpoint } = useActions();
  const press = useMemo(
    () => ({
      back: () => step('back'),
      over: () => step('over'),
      into: () => step('into'),
      out: () => step('out'),
      drops: () => toggleBreakpoint({ kind: 'drop' }),
    }),
    [step, toggleBreakpoint],
  );
  const turn = useCallback(() => play(!playing), [play, playing]);
  return (
    <fieldset className={`step-buttons${spread ? ' step-buttons-spread' : ''}`} aria-label="Step">
      <IconButton
        glyph="back"
        label="Step back"
        keys="F9"
        disabled={!canStep || atStart}
        onClick={press.back}
      />
      <IconButton
        glyph="over"
        label="Step over"
        keys="F10"
        disabled={!canStep || atEnd}
        onClick={press.over}
      />
      <IconButton
        glyph="into"
        label="Step into"
        keys="F11"
        disabled={!canStep || atEnd}
        onClick={press.into}
      />
      <IconButton
        glyph="out"
        label="Step out"
        keys="Shift F11"
        disabled={!canStep || atEnd}
        onClick={press.out}
      />
      <IconButton
        glyph={playing ? 'pause' : 'play'}
        label={playing ? 'Pause' : 'Play'}
        keys="Space"
        disabled={!canStep}
        onClick={turn}
      />
      <IconButton glyph="end" label="Run to the end" keys="F8" disabled={!canStep || atEnd} onClick={run} />
      {!spread && (
        <IconButton
          glyph="drop"
          label="Stop at drops"
          keys="D"
          aria-pressed={atDrops}
          onClick={press.drops}
        />
      )}
    </fieldset>
  );
}
