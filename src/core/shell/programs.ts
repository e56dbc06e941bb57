/** Every program that can be typed on a machine of a world, and how it is started there. */
import type { Recorder } from '../base/step.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import type { Database } from '../ovsdb/index.ts';
import { err, type Result } from '../base/result.ts';
import type { Host, World } from '../sim/index.ts';
import { arping } from './arping/arping.ts';
import { brctl } from './brctl/brctl.ts';
import { bridge } from './bridge/program.ts';
import { ethtool } from './ethtool/ethtool.ts';
import type { IpHost } from './ip/host.ts';
import { ip } from './ip/program.ts';
import { ovnNbctl } from './ovn-nbctl/ovn-nbctl.ts';
import { ovnSbctl } from './ovn-sbctl/ovn-sbctl.ts';
import { ovnTrace } from './ovn-trace/ovn-trace.ts';
import type { AppctlHost } from './ovs-appctl/host.ts';
import { ovsAppctl } from './ovs-appctl/ovs-appctl.ts';
import { vswitchdTarget } from './ovs-appctl/vswitchd/vswitchd.ts';
import type { OfctlHost } from './ovs-ofctl/host.ts';
import { ovsOfctl } from './ovs-ofctl/ovs-ofctl.ts';
import { ovsVsctl } from './ovs-vsctl/ovs-vsctl.ts';
import { ovsdbClient } from './ovsdb-client/ovsdb-client.ts';
import type { DatabaseHost } from './ovsdb/host.ts';
import { ping } from './ping/ping.ts';
import type { Exit, Output, Program, RunningProgram } from './program.ts';
import { sysctl } from './sysctl/sysctl.ts';
import { tcpdump } from './tcpdump/tcpdump.ts';

/** Files of the machine's shell, for programs that write captures. */
export interface FileAccess {
  read(path: string): Uint8Array | undefined;
  write(path: string, octets: Uint8Array): void;
}

/** For programs that run outside a shell. */
export const NO_FILES: FileAccess = { read: () => undefined, write: () => undefined };

export interface ProgramCall {
  readonly host: string;
  readonly namespace: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly output: Output;
  /** Takes the steps that the program causes. */
  readonly recorder: Recorder;
  readonly files: FileAccess;
}

/** What an entry of the table is given besides the call. */
interface Site {
  readonly world: World;
  readonly host: Host;
  readonly call: ProgramCall;
}

type Starter = (site: Site) => Exit | RunningProgram;

const DATABASES = ['OVN_Northbound', 'OVN_Southbound', 'Open_vSwitch'] as const;

const databaseHost = ({ world, host }: Site): DatabaseHost => ({
  connect: (database, remote): Result<Database> => {
    const name = DATABASES.find((one) => one === database);
    return name
      ? (world.connect(host, name, remote) as unknown as Result<Database>)
      : err('No such file or directory');
  },
  variable: () => undefined,
});

function run<H>(program: Program<H>, host: H, site: Site): Exit | RunningProgram {
  const { call, world } = site;
  return program({
    argv: call.argv,
    stdin: call.stdin,
    output: call.output,
    context: world.programContext(site.host, call.recorder),
    host,
    namespace: call.namespace,
  });
}

const database =
  (program: Program<DatabaseHost>): Starter =>
  (site) =>
    run(program, databaseHost(site), site);

/** Programs of the machine's network stack, and those that start other programs in a namespace. */
const kernelHost = ({ world, host, call }: Site): IpHost => ({
  kernel: host.kernel,
  run: (argv, namespace, output) => startProgram(world, { ...call, argv, namespace, output }),
});

const ofctlHost = ({ host, call }: Site): OfctlHost => ({
  bridge: (name) => host.switch?.vswitch.bridges.get(name),
  readFile: (path) => {
    const octets = call.files.read(path);
    return octets && decodeUtf8(octets);
  },
});

const appctlHost = ({ host }: Site): AppctlHost => ({
  target: (name) =>
    name === 'ovs-vswitchd' && host.switch ? vswitchdTarget(host.switch.vswitch.datapath) : undefined,
});

const network =
  (program: Program<IpHost>): Starter =>
  (site) =>
    run(program, kernelHost(site), site);

const STARTERS: Readonly<Record<string, Starter>> = {
  'ovn-nbctl': database(ovnNbctl),
  'ovn-sbctl': database(ovnSbctl),
  'ovs-vsctl': database(ovsVsctl),
  'ovsdb-client': database(ovsdbClient),
  'ovn-trace': database(ovnTrace),
  'ovs-ofctl': (site) => run(ovsOfctl, ofctlHost(site), site),
  'ovs-appctl': (site) => run(ovsAppctl, appctlHost(site), site),
  ip: network(ip),
  ping: network(ping),
  ping6: network(ping),
  arping: network(arping),
  ethtool: network(ethtool),
  brctl: network(brctl),
  bridge: network(bridge),
  sysctl: network(sysctl),
  tcpdump: (site) => run(tcpdump, { kernel: site.host.kernel, files: site.call.files }, site),
  /** Everything is run as root already. */
  sudo: ({ world, call }) => {
    const argv = call.argv.slice(1).filter((word, at, all) => word !== '-E' || at > 0 || all.length === 1);
    if (argv.length === 0) {
      call.output.err('usage: sudo [-E] command [arg ...]\n');
      return { status: 1 };
    }
    return startProgram(world, { ...call, argv });
  },
  hostname: ({ host, call }) => {
    call.output.out(`${host.name}\n`);
    return { status: 0 };
  },
};

export const PROGRAM_NAMES: readonly string[] = Object.keys(STARTERS);

/** Starts a program. One that the machine does not have ends with 127, as a shell says. */
export function startProgram(world: World, call: ProgramCall): Exit | RunningProgram {
  const [name = ''] = call.argv;
  const host = world.hosts.get(call.host);
  const starter = Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
  if (!host || !starter) {
    call.output.err(`bash: ${name}: command not found\n`);
    return { status: 127 };
  }
  return starter({ world, host, call });
}
