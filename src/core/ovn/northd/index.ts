/** The face of the room: ovn-northd, and the names of the stages of its pipelines. */
export { Northd } from './northd.ts';
export type { Cause } from './flows.ts';
export { STAGES } from './stages.table.ts';
export type { Stage } from './stages.table.ts';
