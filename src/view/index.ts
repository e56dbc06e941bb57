/** The face of `view`: pure functions from snapshots and steps to what the page shows. */
export { assignNetworks } from './networks.ts';
export { diagramModel } from './diagram-model.ts';
export { dimmedBy, type FilterProblem } from './filter.ts';
export {
  layoutDiagram,
  type Layout,
  type LayoutOptions,
  type Point,
  type Rect,
  type Route,
} from './layout/layout.ts';
export { legendOf, type LegendEntry } from './legend.ts';
export type {
  Detail,
  DiagramEdge,
  DiagramModel,
  DiagramNode,
  EdgeKind,
  Lens,
  ModelOptions,
  Network,
  NodeKind,
  NodeLine,
  NodeState,
  Side,
} from './model.ts';
export {
  idlePlayback,
  playbackOf,
  type HopBadge,
  type Packet,
  type PacketBand,
  type PathPiece,
  type Playback,
  type Strip,
  type StripCell,
} from './playback.ts';
export {
  runToBreakpoint,
  stepIndexAfter,
  type Breakpoint,
  type StepCommand,
  type StepLevel,
} from './stepping.ts';
export { stepRows, type StepRow } from './step-rows.ts';
export { idsOfRun, idsOfStep, machinesOffPath } from './step-subjects.ts';
export { dropText, offsetText, resultText, stageText } from './step-text.ts';
export { subjectId, subjectOf } from './subject-id.ts';
export { timelineModel, type TimelineLane, type TimelineMark, type TimelineModel } from './timeline.ts';
