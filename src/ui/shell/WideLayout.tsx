/** From 1200 px: explorer, picture and dock on the left, the inspector at full height on the right. Every border can be moved. */
import { useState } from 'react';
import { Cell, Grid, Gridline, useGridRef } from 'react-resizable-panels';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { Dock } from '../dock/Dock.tsx';
import { Explorer } from '../explorer/Explorer.tsx';
import { Inspector } from '../inspector/Inspector.tsx';
import { DiagramPanel } from '../picture/DiagramPanel.tsx';
import { TrailingPicture } from '../picture/PictureProvider.tsx';
import { useTurns } from './turns.ts';
import { useActions, usePageStore } from '../store/StoreProvider.tsx';

/** Splitters rest on the 4-px grid. */
const onGrid = (pixels: number): number => Math.round(pixels / 4) * 4;

/** A gridline takes no name of its own. */
const named =
  (name: string) =>
  (element: HTMLElement | null): void =>
    element?.setAttribute('aria-label', name);
const NAMED = {
  explorer: named('Width of the explorer'),
  dock: named('Height of the dock'),
  inspector: named('Width of the inspector'),
} as const;

export function WideLayout() {
  const turn = useTurns(4);
  const grid = useGridRef();
  const { setSize } = useActions();
  const store = usePageStore();
  // Read once: the grid holds its sizes from then on.
  const [start] = useState(() => store.getState().preferences);
  const keep = (): void => {
    const tracks = grid.current;
    if (!tracks) return;
    const explorer = tracks.getTrackById('column', 'explorer');
    const inspector = tracks.getTrackById('column', 'inspector');
    const dock = tracks.getTrackById('row', 'dock');
    const sizes = {
      explorerWidth: onGrid(explorer.getSize().inPixels),
      inspectorWidth: onGrid(inspector.getSize().inPixels),
      dockHeight: onGrid(dock.getSize().inPixels),
    };
    explorer.resize(sizes.explorerWidth);
    inspector.resize(sizes.inspectorWidth);
    dock.resize(sizes.dockHeight);
    setSize(sizes);
  };
  return (
    <main className="panels-main">
      <Grid
        className="panels"
        gridRef={grid}
        columns={[
          {
            id: 'explorer',
            defaultSize: start.explorerWidth,
            minSize: 160,
            maxSize: 480,
            groupResizeBehavior: 'preserve-pixel-size',
          },
          { id: 'picture', minSize: 320 },
          {
            id: 'inspector',
            defaultSize: start.inspectorWidth,
            minSize: 320,
            maxSize: 720,
            groupResizeBehavior: 'preserve-pixel-size',
          },
        ]}
        rows={[
          { id: 'upper', minSize: 160 },
          {
            id: 'dock',
            defaultSize: start.dockHeight,
            minSize: 120,
            groupResizeBehavior: 'preserve-pixel-size',
          },
        ]}
        onLayoutChanged={(_layout, { isUserInteraction }) => {
          // A key tells of it before the tracks have their new sizes.
          if (isUserInteraction) requestAnimationFrame(keep);
        }}
      >
        <Cell className="panel" column={0} row={0}>
          {turn >= 2 && (
            <PaneBoundary name="The explorer">
              <TrailingPicture turn={3}>
                <Explorer />
              </TrailingPicture>
            </PaneBoundary>
          )}
        </Cell>
        <Gridline
          className="splitter splitter-column"
          elementRef={NAMED.explorer}
          type="column"
          column={1}
          row={0}
          rowSpan={1}
        />
        <Cell className="panel" column={1} row={0}>
          <PaneBoundary name="The diagram">
            <DiagramPanel mode="wide" />
          </PaneBoundary>
        </Cell>
        <Gridline
          className="splitter splitter-row"
          elementRef={NAMED.dock}
          type="row"
          row={1}
          column={0}
          columnSpan={2}
        />
        <Cell className="panel" column={0} columnSpan={2} row={1}>
          {turn >= 3 && (
            <PaneBoundary name="The dock">
              <Dock mode="wide" />
            </PaneBoundary>
          )}
        </Cell>
        <Gridline
          className="splitter splitter-column"
          elementRef={NAMED.inspector}
          type="column"
          column={2}
        />
        <Cell className="panel" column={2} row={0} rowSpan={2}>
          {turn >= 4 && (
            <PaneBoundary name="The inspector">
              <TrailingPicture turn={0} detail>
                <Inspector mode="wide" />
              </TrailingPicture>
            </PaneBoundary>
          )}
        </Cell>
      </Grid>
    </main>
  );
}
