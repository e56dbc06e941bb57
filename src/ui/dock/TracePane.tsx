/** The run as a timeline, with the same steps as a list beside it. */
import { useMemo, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { Empty } from '../controls/Empty.tsx';
import { canPing } from '../compose/ends.ts';
import { TrailingPicture, useWorld } from '../picture/PictureProvider.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { stepRows, timelineModel } from '../../view/index.ts';
import { Segmented } from '../controls/Segmented.tsx';
import { BranchTree } from './BranchTree.tsx';
import { StepList } from './StepList.tsx';
import { Timeline } from './Timeline.tsx';
import './trace.css';
import { PING } from '../compose/new-packet.ts';

export function TracePane({ mode }: { readonly mode: LayoutMode }) {
  const { run, steps, tree, snapshot } = useWorld();
  const [as, setAs] = useState<'list' | 'tree'>('list');
  const level = usePage((state) => state.playback.level);
  const { openDialog } = useActions();
  // Lanes fold the same at each level but the finest; the list follows the level.
  const timeline = useMemo(() => timelineModel(tree, level), [tree, level]);
  const rows = useMemo(() => stepRows(tree, level), [tree, level]);
  // The steps of a run come a moment after it.
  if (steps.length === 0 && run) return <div className={`trace trace-${mode}`} aria-busy="true" />;
  if (steps.length === 0)
    return (
      <Empty text="No run yet. A ping, or any packet that a command sends, is recorded here step by step.">
        {canPing(snapshot) && (
          <Button weight="line" glyph="ping" onClick={() => openDialog({ kind: 'compose', draft: PING })}>
            Ping
          </Button>
        )}
      </Empty>
    );
  return (
    <div className={`trace trace-${mode}`}>
      {mode !== 'narrow' && <Timeline model={timeline} />}
      {mode !== 'medium' && (
        <div className="run-steps">
          <Segmented
            label="Steps as"
            className="trace-as"
            value={as}
            onChange={setAs}
            options={[
              { value: 'list', text: 'List' },
              { value: 'tree', text: 'Tree' },
            ]}
          />
          <TrailingPicture turn={2}>
            {as === 'list' ? <StepList rows={rows} /> : <BranchTree />}
          </TrailingPicture>
        </div>
      )}
    </div>
  );
}
