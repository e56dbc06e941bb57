/** Face of the ofproto room: OpenFlow actions, tables, translation and vswitchd's parts. */
export type * from './actions/ofpact.ts';
export { setSubfield } from './actions/ofpact.ts';
export { DEFAULT_PRIORITY, type FlowSpec } from './flow-entry.ts';
