/** Face of the action room: the actions of logical flows, from text to OpenFlow. */
export type * from './action.ts';
export { type OptionTable, type ParseEnv } from './action-parser.ts';
export { type ParsedActions, encodeActions, formatAction, formatActions, parseActions } from './actions.ts';
export { type DatapathFeatures, type EncodeParams, type IdAllocator } from './encoder.ts';
export { mappedIpv4, parseEndpoint, splitEndpoint } from './endpoint.ts';
export { OFTABLE, PIPELINE_LENGTH } from './oftable.table.ts';
export { OPCODE, type Opcode } from './opcode.table.ts';
export { actOctets } from './openflow/act-octets.ts';
export { receivedActs } from './openflow/received.ts';
export { optionTable } from './options.ts';
