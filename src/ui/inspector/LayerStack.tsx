/** The call stack of the encapsulation: what was put on, how much, by which step. */
import type { StackLayer } from '../../engine/protocol.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { stepIndex } from '../picture/step-index.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { layerGroups } from './layer-groups.ts';

interface LayerStackProps {
  readonly stack: readonly StackLayer[];
  readonly length: number;
  readonly wide: boolean;
}

export function LayerStack({ stack, length, wide }: LayerStackProps) {
  const { goTo } = useActions();
  const { steps } = useWorld();
  return (
    <ol className={`stack${wide ? '' : ' stack-plain'}`}>
      {layerGroups(stack, length).map((group, at) => {
        const pushedBy = group.pushedBy === null ? -1 : stepIndex(steps, group.pushedBy);
        return (
          <li key={at} className={`stack-${group.role}`}>
            <i />
            <b title={group.name}>{group.name}</b>
            <span title={group.text}>{group.text}</span>
            <em>{group.size} B</em>
            {wide &&
              (pushedBy < 0 ? (
                <u />
              ) : (
                <button type="button" className="step-link" onClick={() => goTo(pushedBy)}>
                  step {pushedBy + 1}
                </button>
              ))}
          </li>
        );
      })}
    </ol>
  );
}
