/** ovs-vswitchd as a target of ovs-appctl. */
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { commandTarget, type CommandTarget } from '../reply.ts';
import { ABSENT_COMMANDS } from './absent.ts';
import { VSWITCHD_MODULES } from '../log-modules.table.ts';
import { vlogCommands } from '../vlog-commands.ts';
import { BFD_COMMANDS } from './bfd.ts';
import { BOND_COMMANDS } from './bond.ts';
import { BRIDGE_FLOW_COMMANDS } from './bridge-flows.ts';
import { CT_LIMIT_COMMANDS } from './ct-limits.ts';
import { CT_SETTING_COMMANDS } from './ct-settings.ts';
import { CONNTRACK_COMMANDS } from './conntrack.ts';
import { DPCTL_COMMANDS } from './dpctl.ts';
import { DPIF_COMMANDS } from './dpif.ts';
import { DUMP_FLOWS_COMMANDS } from './dump-flows.ts';
import { FDB_COMMANDS } from './fdb.ts';
import { TRACE_COMMANDS } from './trace.ts';
import { TUNNEL_COMMANDS } from './tunnels.ts';
import { LACP_COMMANDS } from './lacp.ts';
import { QOS_COMMANDS } from './qos.ts';
import { STP_COMMANDS } from './stp.ts';
import { UNMODELLED_COMMANDS } from './unmodelled.table.ts';

/** The daemon whose bridges are those of `datapath`; `onExit` ends it, where it belongs to a machine. */
export const vswitchdTarget = (datapath: Datapath, onExit: () => void = () => undefined): CommandTarget =>
  commandTarget(
    datapath,
    `ovs-vswitchd (Open vSwitch) ${datapath.release}.0`,
    [
      ...vlogCommands<Datapath>(VSWITCHD_MODULES, ({ logLevels }) => logLevels),
      ...BRIDGE_FLOW_COMMANDS,
      ...TRACE_COMMANDS,
      ...FDB_COMMANDS,
      ...BFD_COMMANDS,
      ...BOND_COMMANDS,
      ...LACP_COMMANDS,
      ...QOS_COMMANDS,
      ...DPIF_COMMANDS,
      ...DPCTL_COMMANDS,
      ...DUMP_FLOWS_COMMANDS,
      ...TUNNEL_COMMANDS,
      ...CONNTRACK_COMMANDS,
      ...CT_LIMIT_COMMANDS,
      ...CT_SETTING_COMMANDS,
      ...ABSENT_COMMANDS,
      ...STP_COMMANDS,
      {
        name: 'exit',
        usage: '[--cleanup]',
        least: 0,
        most: 1,
        run: (_, [option]) => {
          if (option === '--cleanup')
            return err('exit --cleanup, which takes flows and ports out of the datapath, is not modelled');
          onExit();
          return ok('');
        },
      },
    ],
    UNMODELLED_COMMANDS,
  );
