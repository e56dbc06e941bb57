/** The face of `view`: pure functions from snapshots and steps to what the page shows. */
export { assignNetworks } from './networks.ts';
export { colourNetworks } from './network-colours.ts';
export { branchesOf, type Branch } from './branches.ts';
export {
  breakpointKey,
  fieldsNamed,
  parseStepExpression,
  runToBreakpoint,
  stopsOf,
  type Breakpoint,
  type PacketMatches,
  type RunFacts,
} from './breakpoint.ts';
export { cablingOf, type Cable, type Cabling } from './cabling.ts';
export { decidersOf } from './deciders.ts';
export { diagramModel } from './diagram-model.ts';
export { LONGEST_EXPRESSION, type ExpressionProblem } from './expression.ts';
export { fieldTrack, type FieldTrack, type FieldTracks } from './field-track.ts';
export { dimmedAround, dimmedBy } from './filter.ts';
export { l2Domains, type L2Domain, type L2Member } from './l2-domains.ts';
export { layoutDiagram, type Layout, type LayoutOptions, type Point, type Rect } from './layout/layout.ts';
export { packModel, unpackModel, type ModelParcel } from './layout/parcel.ts';
export { leaveOut } from './leave-out.ts';
export { legendOf, type LegendEntry } from './legend.ts';
export type { DiagramModel, Lens, Network } from './model.ts';
export { idlePlayback, playerOf, type Playback } from './playback.ts';
export { stepIndexAfter, type StepCommand, type StepLevel } from './stepping.ts';
export { relationsOf } from './relations.ts';
export { runTree, type RunTree } from './run-tree.ts';
export { stepRow, stepRows, type StepRow } from './step-rows.ts';
export { deviceOfStep, idsOfRun, machinesOffPath } from './step-subjects.ts';
export { dropText } from './step-text.ts';
export { subjectId, subjectOf } from './subject-id.ts';
export { fitsReadably, machinesToTile, tilesToOpen } from './tiles.ts';
export { unknownOf } from './unknown.ts';
export { timelineModel, type TimelineMark, type TimelineModel } from './timeline.ts';
export { tunnelCount } from './world-index.ts';
