/** 600 to 1199 px: the explorer folds to a rail, the inspector narrows, the dock shows one thing. */
import { useState } from 'react';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { Dock } from '../dock/Dock.tsx';
import { Explorer } from '../explorer/Explorer.tsx';
import { ExplorerRail } from '../explorer/ExplorerRail.tsx';
import { Inspector } from '../inspector/Inspector.tsx';
import { DiagramPanel } from '../picture/DiagramPanel.tsx';
import { useTurns } from './turns.ts';
import { TrailingPicture } from '../picture/PictureProvider.tsx';

export function MediumLayout() {
  const turn = useTurns(4);
  const [open, setOpen] = useState<{ readonly group: string | null } | null>(null);
  return (
    <div className="panels panels-medium">
      <div className="panel area-rail">
        <ExplorerRail open={open !== null} onOpen={(on, group) => setOpen(on ? { group } : null)} />
      </div>
      {open && (
        <div className="panel explorer-over">
          <PaneBoundary name="The explorer">
            <Explorer key={open.group} start={open.group} onLeave={() => setOpen(null)} />
          </PaneBoundary>
        </div>
      )}
      <div className="panel area-picture">
        <PaneBoundary name="The diagram">
          <DiagramPanel mode="medium" />
        </PaneBoundary>
      </div>
      <div className="panel area-dock">
        {turn >= 3 && (
          <PaneBoundary name="The dock">
            <Dock mode="medium" />
          </PaneBoundary>
        )}
      </div>
      <div className="panel area-inspector">
        {turn >= 4 && (
          <PaneBoundary name="The inspector">
            <TrailingPicture turn={0} detail>
              <Inspector mode="medium" />
            </TrailingPicture>
          </PaneBoundary>
        )}
      </div>
    </div>
  );
}
