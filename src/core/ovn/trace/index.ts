/** Face of the trace room: ovn-trace on a southbound database. */
export { ctStateProblem, formatCtState, parseCtState } from './ct-state.ts';
export { type LbDestination, type TraceOptions } from './cursor.ts';
export type {
  ActionNode,
  ErrorNode,
  ModifyNode,
  NodeKind,
  OutputNode,
  PipelineNode,
  TableNode,
  Trace,
  TraceNode,
  TransformationNode,
} from './node.ts';
export { type TraceForm, printTrace } from './print.ts';
export { type SouthboundRows } from './row-value.ts';
export { DEFAULT_TRACE_OPTIONS, SouthboundTrace, type TraceRequest } from './southbound-trace.ts';
