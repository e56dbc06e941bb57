/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a list with the focus on the whole: a select cannot hold rungs */
/** The stages of a datapath as rungs: name, number of flows, and whether the packet went through. */
import type { KeyboardEvent } from 'react';
import type { LadderStage } from '../../engine/questions.ts';

interface LadderListProps {
  readonly stages: readonly LadderStage[];
  readonly shown: string;
  readonly lit: ReadonlySet<string>;
  readonly onShow: (stage: string) => void;
}

const key = ({ pipeline, table }: LadderStage): string => `${pipeline} ${table}`;

export function LadderList({ stages, shown, lit, onShow }: LadderListProps) {
  const most = Math.max(1, ...stages.map(({ count }) => count));
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = stages.findIndex((stage) => key(stage) === shown);
    const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : -1;
    const next = stages[to];
    if (!next) return;
    event.preventDefault();
    onShow(key(next));
    event.currentTarget.querySelector(`[data-stage="${key(next)}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div
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
