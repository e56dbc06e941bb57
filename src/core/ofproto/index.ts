/** Face of the ofproto room: OpenFlow actions, tables, translation and vswitchd's parts. */
export type * from './actions/ofpact.ts';
export { TABLE_ANY, outputTo, setSubfield } from './actions/ofpact.ts';
export { DEFAULT_PRIORITY, type FlowFlags, type FlowSpec } from './flow-entry.ts';
export { formatAct, formatActions, parseActions, parseInstructions } from './actions/act-list.ts';
export type { ActTextOptions, TableNames } from './actions/act-text.ts';
export { checkActions } from './actions/check.ts';
export { parseFlow, type FlowCommand, type FlowMod } from './flow-parse.ts';
export { formatFlow, type FlowStats } from './flow-text.ts';
