/** The face of the room: ovn-northd, and the names of the stages of its pipelines. */
export { Aging } from './aging.ts';
export { Northd } from './northd.ts';
export { STAGES } from './stages.table.ts';
export { parseCidr, parseIpAddresses, parsePortAddresses } from './model/addresses.ts';
export { optionBool } from './model/options.ts';
