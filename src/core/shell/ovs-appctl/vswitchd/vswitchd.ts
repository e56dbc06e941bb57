/** ovs-vswitchd as a target of ovs-appctl. */
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { commandTarget, type CommandTarget } from '../reply.ts';
import { CONNTRACK_COMMANDS } from './conntrack.ts';
import { DPIF_COMMANDS } from './dpif.ts';
import { FDB_COMMANDS } from './fdb.ts';
import { TRACE_COMMANDS } from './trace.ts';

/** The daemon whose bridges are those of `datapath`. */
export const vswitchdTarget = (datapath: Datapath): CommandTarget =>
  commandTarget(datapath, 'ovs-vswitchd (Open vSwitch) 3.7.0', [
    ...TRACE_COMMANDS,
    ...FDB_COMMANDS,
    ...DPIF_COMMANDS,
    ...CONNTRACK_COMMANDS,
  ]);
