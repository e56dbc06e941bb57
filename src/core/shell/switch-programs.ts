/** The programs of Open vSwitch and OVN, and what they find on a machine. */
import { err, ok, type Result } from '../base/result.ts';
import { inPortOf } from '../flow/packet-kind.ts';
import type { Database } from '../ovsdb/index.ts';
import { databaseServers } from '../sim/index.ts';
import { ovnDetrace } from './ovn-detrace/ovn-detrace.ts';
import { ovnNbctl } from './ovn-nbctl/ovn-nbctl.ts';
import { ovnSbctl } from './ovn-sbctl/ovn-sbctl.ts';
import { ovnTrace } from './ovn-trace/ovn-trace.ts';
import { controllerTarget } from './ovs-appctl/controller/controller.ts';
import type { AppctlHost } from './ovs-appctl/host.ts';
import { northdTarget } from './ovs-appctl/northd/northd.ts';
import { ovnAppctl, ovsAppctl } from './ovs-appctl/ovs-appctl.ts';
import { databaseTarget } from './ovs-appctl/ovsdb-server/ovsdb-server.ts';
import { vswitchdTarget } from './ovs-appctl/vswitchd/vswitchd.ts';
import { openFlowPeer } from './ovs-ofctl/dump-flows.ts';
import type { Bridge } from '../ofproto/bridge/bridge.ts';
import { portMac } from '../ofproto/bridge/port-mac.ts';
import type { OfctlHost } from './ovs-ofctl/host.ts';
import { ovsOfctl } from './ovs-ofctl/ovs-ofctl.ts';
import { ovsTcpundump } from './ovs-tcpundump/ovs-tcpundump.ts';
import { ovsVsctl } from './ovs-vsctl/ovs-vsctl.ts';
import type { DatabaseHost } from './ovsdb/host.ts';
import { ovsdbClient } from './ovsdb-client/ovsdb-client.ts';
import type { Program } from './program.ts';
import { readFile, run, type Site, type Starter } from './site.ts';

const DATABASES = ['OVN_Northbound', 'OVN_Southbound', 'Open_vSwitch'] as const;

/** A bridge whose sockets are there: vswitchd takes them along when it ends. */
const listeningBridge = (host: Site['host'], name: string): Bridge | undefined =>
  host.switch?.running === true ? host.switch.vswitch.bridges.get(name) : undefined;

const databaseHost = ({ world, host, call }: Site): DatabaseHost => ({
  connect: (database, remote): Result<Database> => {
    const name = DATABASES.find((one) => one === database);
    return name
      ? (world.connect(host, name, remote) as unknown as Result<Database>)
      : err('No such file or directory');
  },
  openFlow: (remote) => {
    const name = /^unix:\/(?:var\/)?run\/openvswitch\/([^/]+)\.mgmt$/.exec(remote)?.[1];
    const bridge = name === undefined ? undefined : listeningBridge(host, name);
    if (bridge) return ok(openFlowPeer(bridge, world.clock.now()));
    return err(remote.startsWith('unix:') ? 'No such file or directory' : 'Connection refused');
  },
  background: host.background,
  variable: (name) => call.shell.variable?.(name),
});

const database =
  (program: Program<DatabaseHost>): Starter =>
  (site) =>
    run(program, databaseHost(site), site);

const ofctlHost = (site: Site): OfctlHost => ({
  bridge: (name) => listeningBridge(site.host, name),
  readFile: (path) => readFile(site, path),
  macOf: (port) =>
    site.host.switch ? portMac(site.host.switch.vswitch.datapath.context.random, port) : port.mac,
  packetOut: (bridge, octets, said, actions) =>
    site.host.switch?.packetOut(bridge.name, octets, actions, null, inPortOf(said), said),
});

/** The databases behind the names of control sockets. */
const SERVER_OF: Readonly<Record<string, string>> = {
  'ovsdb-server': 'Open_vSwitch',
  ovnnb_db: 'OVN_Northbound',
  ovnsb_db: 'OVN_Southbound',
};

const appctlHost = ({ host }: Site): AppctlHost => ({
  target: (name) => {
    if (name === 'ovs-vswitchd' && host.switch?.running === true) {
      const { switch: openVswitch } = host;
      return vswitchdTarget(openVswitch.vswitch.datapath, () => openVswitch.stop());
    }
    if (name === 'ovn-northd' && host.central?.runsNorthd) return northdTarget(host.central);
    if (name === 'ovn-controller' && host.controller?.running) return controllerTarget(host.controller);
    const server = databaseServers(host).find(({ database }) => SERVER_OF[name] === database);
    return server && databaseTarget(server);
  },
  background: host.background,
});

export const SWITCH_PROGRAMS: Readonly<Record<string, Starter>> = {
  'ovn-nbctl': database(ovnNbctl),
  'ovn-sbctl': database(ovnSbctl),
  'ovs-vsctl': database(ovsVsctl),
  'ovsdb-client': database(ovsdbClient),
  'ovn-trace': database(ovnTrace),
  'ovn-detrace': database(ovnDetrace),
  'ovs-tcpundump': (site) => run(ovsTcpundump, undefined, site),
  'ovs-ofctl': (site) => run(ovsOfctl, ofctlHost(site), site),
  'ovn-appctl': (site) => run(ovnAppctl, appctlHost(site), site),
  'ovs-appctl': (site) => run(ovsAppctl, appctlHost(site), site),
};
