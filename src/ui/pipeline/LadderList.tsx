/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a list with the focus on the whole: a select cannot hold rungs */
/** The stages of a datapath as rungs: name, number of flows, and whether the packet went through. */
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { LadderStage } from '../../engine/questions/logical-flows.ts';

interface LadderListProps {
  readonly stages: readonly LadderStage[];
  readonly shown: string;
  readonly lit: ReadonlySet<string>;
  readonly onShow: (stage: string) => void;
}

const key = ({ pipeline, table }: LadderStage): string => `${pipeline} ${table}`;

/** Where a key leads from the stage at `from`; null: it is no key of the list. */
function target(pressed: string, from: number, length: number): number | null {
  switch (pressed) {
    case 'ArrowDown':
      return Math.min(from + 1, length - 1);
    case 'ArrowUp':
      return Math.max(from - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return null;
  }
}

export function LadderList({ stages, shown, lit, onShow }: LadderListProps) {
  const most = Math.max(1, ...stages.map(({ count }) => count));
  const list = useRef<HTMLDivElement>(null);
  // The path chooses a stage too: whoever chose it, it comes into view.
  useEffect(() => {
    list.current?.querySelector(`[data-stage="${shown}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = target(
      event.key,
      stages.findIndex((stage) => key(stage) === shown),
      stages.length,
    );
    const next = to === null ? undefined : stages[to];
    if (!next) return;
    event.preventDefault();
    onShow(key(next));
  };
  return (
    <div
      ref={list}
      className="ladder scroll"
      role="listbox"
      aria-label="Stages"
      tabIndex={0}
      aria-activedescendant={shown === '' ? undefined : `stage-${shown.replace(' ', '-')}`}
      onKeyDown={onKeyDown}
    >
      {(['ingress', 'egress'] as const).map((pipeline) => (
        <div key={pipeline} role="group" aria-label={pipeline}>
          <p className="ladder-pipeline" aria-hidden="true">
            {pipeline}
          </p>
          {stages
            .filter((stage) => stage.pipeline === pipeline)
            .map((stage) => (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the list has the focus and the keys
              <div
                key={key(stage)}
                id={`stage-${key(stage).replace(' ', '-')}`}
                data-stage={key(stage)}
                role="option"
                aria-selected={key(stage) === shown}
                className={`rung${lit.has(key(stage)) ? ' rung-lit' : ''}`}
                onClick={() => onShow(key(stage))}
              >
                <span className="rung-number">{stage.table}</span>
                <span className="rung-name">{stage.name}</span>
                <span className="rung-bar" aria-hidden="true">
                  <i
                    style={{ width: `${Math.max(2, (Math.log1p(stage.count) / Math.log1p(most)) * 100)}%` }}
                  />
                </span>
                <span className="rung-count">{stage.count}</span>
                {lit.has(key(stage)) && <span className="visually-hidden">on the path</span>}
              </div>
            ))}
        </div>
      ))}
    </div>
  );
}
