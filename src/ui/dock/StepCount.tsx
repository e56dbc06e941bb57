/** Where the playhead is: step of steps, and the simulated time. */
import { clockText } from '../inspector/step-words.ts';
import { usePicture } from '../picture/PictureProvider.tsx';

export function StepCount({ short = false }: { readonly short?: boolean }) {
  const { steps, index } = usePicture();
  const step = steps[index];
  if (!step) return <span className="step-count">{short ? '' : 'no run'}</span>;
  return (
    <output className="step-count" aria-live="off" aria-label={`Step ${index + 1} of ${steps.length}`}>
      <b>{index + 1}</b> / {steps.length}
      {!short && <span>{clockText(step.time)}</span>}
    </output>
  );
}
