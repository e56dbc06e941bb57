/** Face of the trace room: ovn-trace on a southbound database. */
export { ctStateProblem, parseCtState } from './ct-state.ts';
export { type TraceOptions } from './cursor.ts';
export type { LflowEntry } from './lflow-index.ts';
export type { LogicalLookUp } from './near-misses.ts';
export type { Trace } from './node.ts';
export { packetExpression } from './packet-expression.ts';
export { type TraceForm, printTrace } from './print.ts';
export { DEFAULT_TRACE_OPTIONS, SouthboundTrace } from './southbound-trace.ts';
