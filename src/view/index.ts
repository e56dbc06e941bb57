/** The face of `view`: pure functions from snapshots and steps to what the page shows. */
export { assignNetworks } from './networks.ts';
export { diagramModel } from './diagram-model.ts';
export { dimmedBy, type FilterProblem } from './filter.ts';
export { layoutDiagram, type Layout, type Point, type Rect } from './layout/layout.ts';
export { legendOf, type LegendEntry } from './legend.ts';
export type { DiagramModel, Lens, Network } from './model.ts';
export { idlePlayback, playerOf, type Playback } from './playback.ts';
export {
  runToBreakpoint,
  stepIndexAfter,
  type Breakpoint,
  type StepCommand,
  type StepLevel,
} from './stepping.ts';
export { runTree, type RunTree } from './run-tree.ts';
export { stepRows, type StepRow } from './step-rows.ts';
export { idsOfRun, machinesOffPath } from './step-subjects.ts';
export { dropText } from './step-text.ts';
export { subjectId, subjectOf } from './subject-id.ts';
export { timelineModel, type TimelineMark, type TimelineModel } from './timeline.ts';
