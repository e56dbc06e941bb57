/** Face of the action room: the actions of logical flows, from text to OpenFlow. */
export type * from './action.ts';
export { type ParseEnv } from './action-parser.ts';
export { encodeActions, formatActions, parseActions } from './actions.ts';
export { type EncodeParams, type IdAllocator } from './encoder.ts';
export { endpointProblem, mappedIpv4, parseEndpoint } from './endpoint.ts';
export { OFTABLE, PIPELINE_LENGTH } from './oftable.table.ts';
export { optionTable } from './options.ts';
export { OctetReader } from './octet-reader.ts';
export { OctetWriter } from './octet-writer.ts';
export { OPCODE, type Opcode } from './opcode.table.ts';
export { readOxmHeader } from './openflow/oxm.ts';
export { readActs } from './openflow/read-acts.ts';
