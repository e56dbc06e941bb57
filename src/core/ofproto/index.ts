/** Face of the ofproto room: OpenFlow actions, tables, translation and vswitchd's parts. */
export type * from './actions/ofpact.ts';
export { viaOpenFlow } from './actions/via-openflow.ts';
export { sameActions } from './actions/same-actions.ts';
export { setSubfield } from './actions/ofpact.ts';
export { groupOf, parseGroup } from './group-text.ts';
export { parseMeter } from './meter-text.ts';
export type { GroupSpec } from './bridge/group.ts';
export type { MeterSpec } from './bridge/meter.ts';
export { DEFAULT_PRIORITY, type FlowSpec } from './flow-entry.ts';
