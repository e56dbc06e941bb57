/** A table or a text with the drawing that it speaks of: the drawing above it or on its right. Narrow pages have room for the one alone. */
import type { ReactNode } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import type { LayoutMode } from '../shell/layout-mode.ts';

export function SplitPicture({
  mode,
  side,
  short = false,
  drawing,
  children,
}: {
  readonly mode: LayoutMode;
  /** Where the drawing is. */
  readonly side: 'above' | 'right';
  /** What is told needs less than half of the height. */
  readonly short?: boolean;
  readonly drawing: ReactNode;
  readonly children: ReactNode;
}) {
  if (mode === 'narrow') return <div className="split-panel split-alone">{children}</div>;
  const shown = (
    <Panel
      key="drawing"
      id="drawing"
      className="split-panel"
      defaultSize={short ? '60%' : '44%'}
      minSize="96px"
    >
      {drawing}
    </Panel>
  );
  const told = (
    <Panel key="told" id="told" className="split-panel" minSize="96px">
      {children}
    </Panel>
  );
  return side === 'above' ? (
    <Group className="split" orientation="vertical">
      {shown}
      <Separator className="splitter splitter-row" />
      {told}
    </Group>
  ) : (
    <Group className="split" orientation="horizontal">
      {told}
      <Separator className="splitter splitter-column" />
      {shown}
    </Group>
  );
}
