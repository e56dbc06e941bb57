/** Every program that can be typed on a machine of a world, and how it is started there. */
import type { Recorder } from '../base/step.ts';
import { inPortOf } from '../flow/packet-kind.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import type { Database } from '../ovsdb/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { emptyConfig } from '../frr/config/frr-config.ts';
import { VtySession } from '../frr/config/session.ts';
import { formatIp, type IpAddress } from '../linux/family.ts';
import type { Signal } from '../sim/process-table.ts';
import { setUpCluster } from '../sim/cluster/set-up.ts';
import {
  databaseServers,
  openVtySession,
  startDaemon,
  stopDaemons,
  type Host,
  type World,
} from '../sim/index.ts';
import { startContainer } from '../sim/service/start.ts';
import { arping } from './arping/arping.ts';
import { brctl } from './brctl/brctl.ts';
import { bridge } from './bridge/program.ts';
import { conntrack } from './conntrack/conntrack.ts';
import { curl } from './curl/curl.ts';
import { dhclient } from './dhclient/dhclient.ts';
import { dig, type DigHost } from './dig/dig.ts';
import { dnsmasq } from './dnsmasq/dnsmasq.ts';
import { getent } from './getent/getent.ts';
import { host } from './host/host.ts';
import { nslookup } from './nslookup/nslookup.ts';
import { httpServer } from './http-server/http-server.ts';
import { ethtool } from './ethtool/ethtool.ts';
import { frrDaemon } from './frr/daemon.ts';
import type { FrrHost } from './frr/host.ts';
import { initScript } from './frr/init-script.ts';
import { iptablesRestore, iptablesSave } from './iptables/files.ts';
import { iptables } from './iptables/iptables.ts';
import type { IpHost } from './ip/host.ts';
import { ip } from './ip/program.ts';
import { ovnDetrace } from './ovn-detrace/ovn-detrace.ts';
import { ovnNbctl } from './ovn-nbctl/ovn-nbctl.ts';
import { ovnSbctl } from './ovn-sbctl/ovn-sbctl.ts';
import { ovnTrace } from './ovn-trace/ovn-trace.ts';
import type { AppctlHost } from './ovs-appctl/host.ts';
import { northdTarget } from './ovs-appctl/northd/northd.ts';
import { controllerTarget } from './ovs-appctl/controller/controller.ts';
import { databaseTarget } from './ovs-appctl/ovsdb-server/ovsdb-server.ts';
import { ovnAppctl, ovsAppctl } from './ovs-appctl/ovs-appctl.ts';
import { vswitchdTarget } from './ovs-appctl/vswitchd/vswitchd.ts';
import type { OfctlHost } from './ovs-ofctl/host.ts';
import { openFlowPeer } from './ovs-ofctl/dump-flows.ts';
import { ovsOfctl } from './ovs-ofctl/ovs-ofctl.ts';
import { ovsTcpundump } from './ovs-tcpundump/ovs-tcpundump.ts';
import { ovsVsctl } from './ovs-vsctl/ovs-vsctl.ts';
import { ovsdbClient } from './ovsdb-client/ovsdb-client.ts';
import type { DatabaseHost } from './ovsdb/host.ts';
import { newResolver, type Resolver } from './dns/resolver.ts';
import { nameService } from './name-service.ts';
import { openstack, type OpenstackHost } from './openstack/openstack.ts';
import { pcs, type PcsHost } from './pcs/pcs.ts';
import { ping } from './ping/ping.ts';
import { podman, type PodmanHost } from './podman/podman.ts';
import { ownProcess, type OwnProcess } from './own-process.ts';
import type { Exit, Output, Program, RunningProgram } from './program.ts';
import { daemonsOf, type StoppableDaemon } from './daemons.ts';
import { allProcesses, nameOf } from './process/all-processes.ts';
import { kill, type ProcessHost } from './process/kill.ts';
import { pgrep, pidof } from './process/pgrep.ts';
import { sleep } from './sleep/sleep.ts';
import { systemctl } from './systemctl/systemctl.ts';
import { ss } from './ss/ss.ts';
import { sysctl } from './sysctl/sysctl.ts';
import { traceroute } from './traceroute/traceroute.ts';
import { tcpdump } from './tcpdump/tcpdump.ts';
import { udhcpc } from './udhcpc/udhcpc.ts';
import { virsh } from './virsh/virsh.ts';
import type { VtyshHost } from './vtysh/host.ts';
import { vtysh } from './vtysh/vtysh.ts';

/** Files and variables of the machine's shell. */
export interface FileAccess {
  /** An exported variable. */
  variable?(name: string): string | undefined;
  read(path: string): Uint8Array | undefined;
  /** Names in a directory, those of directories with a slash behind; undefined when it is none. */
  list?(path: string): readonly string[] | undefined;
  write(path: string, octets: Uint8Array): void;
  /** The files below `/etc`; undefined outside a shell. */
  configuration?(): readonly string[];
  /** Runs what is no program of the table but one of the shell's own, such as `cat` or `bash`, in a namespace. */
  execute?(argv: readonly string[], namespace: string, stdin: string, output: Output): Exit | RunningProgram;
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
  readonly process: OwnProcess;
}

type Starter = (site: Site) => Exit | RunningProgram;

const DATABASES = ['OVN_Northbound', 'OVN_Southbound', 'Open_vSwitch'] as const;

const databaseHost = ({ world, host, call }: Site): DatabaseHost => ({
  connect: (database, remote): Result<Database> => {
    const name = DATABASES.find((one) => one === database);
    return name
      ? (world.connect(host, name, remote) as unknown as Result<Database>)
      : err('No such file or directory');
  },
  openFlow: (remote) => {
    const name = /^unix:\/(?:var\/)?run\/openvswitch\/([^/]+)\.mgmt$/.exec(remote)?.[1];
    const bridge = name === undefined ? undefined : host.switch?.vswitch.bridges.get(name);
    if (bridge) return ok(openFlowPeer(bridge, world.clock.now()));
    return err(remote.startsWith('unix:') ? 'No such file or directory' : 'Connection refused');
  },
  background: host.background,
  variable: (name) => call.files.variable?.(name),
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

const HOSTS = '/etc/hosts';

/** A file of the machine as its shell has it now, else as it was at the start. */
function readFile({ host, call }: Site, path: string): string | undefined {
  const octets = call.files.read(path);
  return octets ? decodeUtf8(octets) : host.files.get(path);
}

/** Daemons read the files that the machine's shell has changed. */
function keepFiles(host: Host, files: FileAccess): void {
  const now = files.configuration?.();
  for (const path of now ?? host.files.keys()) {
    const octets = files.read(path);
    if (octets) host.files.set(path, decodeUtf8(octets));
  }
  if (now === undefined) return;
  const kept = new Set(now);
  for (const path of host.files.keys())
    if (path.startsWith('/etc/') && !kept.has(path)) host.files.delete(path);
}

/** For programs that are started on a machine from another one: they see the machine's own files. */
const machineFiles = (host: Host): FileAccess => ({
  read: (path) => {
    const text = host.files.get(path);
    return text === undefined ? undefined : encodeUtf8(text);
  },
  write: (path, octets) => void host.files.set(path, decodeUtf8(octets)),
});

/** A file that a program of the machine writes: its daemons have it at once, its shell when the program ends. */
function writeFile({ host, call }: Site, path: string, text: string): void {
  host.files.set(path, text);
  call.files.write(path, encodeUtf8(text));
}

/** How the machine's programs find names. */
const resolverOf = (site: Site): Resolver =>
  newResolver({
    kernel: site.host.kernel,
    namespace: site.call.namespace,
    context: site.world.programContext(site.host, site.call.recorder),
    program: programName(site.call.argv[0] ?? ''),
    readFile: (path) => readFile(site, path),
  });

/** Programs that look names up besides. */
const resolving =
  (program: Program<IpHost & { readonly resolver: Resolver }>): Starter =>
  (site) =>
    run(program, { ...kernelHost(site), resolver: resolverOf(site) }, site);

/** Programs that ask name servers by themselves. */
const asking =
  (program: Program<DigHost>): Starter =>
  (site) => {
    const names = nameService(readFile(site, HOSTS) ?? '');
    const addressOf = (name: string): IpAddress | undefined => names.resolve(name, null);
    return run(program, { ...kernelHost(site), readFile: (path) => readFile(site, path), addressOf }, site);
  };

/** Programs about processes; the one that asks is not among them yet. */
const processes =
  (program: Program<ProcessHost>): Starter =>
  (site) =>
    run(program, { processes: () => allProcesses(site.host) }, site);

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
  packetOut: (bridge, octets, said, actions) =>
    host.switch?.packetOut(bridge.name, octets, actions, null, inPortOf(said), said),
});

/** The databases behind the names of control sockets. */
const SERVER_OF: Readonly<Record<string, string>> = {
  'ovsdb-server': 'Open_vSwitch',
  ovnnb_db: 'OVN_Northbound',
  ovnsb_db: 'OVN_Southbound',
};

const appctlHost = ({ host }: Site): AppctlHost => ({
  target: (name) => {
    if (name === 'ovs-vswitchd' && host.switch) return vswitchdTarget(host.switch.vswitch.datapath);
    if (name === 'ovn-northd' && host.central?.runsNorthd) return northdTarget(host.central);
    if (name === 'ovn-controller' && host.controller?.running) return controllerTarget(host.controller);
    const server = databaseServers(host).find(({ database }) => SERVER_OF[name] === database);
    return server && databaseTarget(server);
  },
  background: host.background,
});

/** Clusters are set up on the addresses that `/etc/hosts` has for their nodes. */
const pcsHost = (site: Site): PcsHost => ({
  member: () => site.host.cluster,
  memberOf: (node) => site.world.hosts.get(node)?.cluster,
  setUp: (name, nodes) => {
    const names = nameService(readFile(site, HOSTS) ?? '');
    return setUpCluster(site.world.hosts, name, nodes, (node) => {
      const found = names.resolve(node, 4);
      return found && formatIp(4, found.address);
    });
  },
});

const openstackHost = ({ world, call }: Site): OpenstackHost => ({
  cloud: call.files.variable?.('OS_CLOUD') ?? call.files.variable?.('OS_CLOUDNAME'),
  machines: [...world.hosts.values()],
  northbound: world.central()?.nb,
});

const podmanHost = (site: Site): PodmanHost => ({
  containers: site.host.containers,
  daemons: daemonsOf(site.host),
  start: (name, image, command) => startContainer(site.host, name, image, command),
  readFile: (path) => readFile(site, path),
  exited: site.host.exitedContainers,
  hasProgram: (name) => Object.hasOwn(STARTERS, name),
  run: (argv, stdin, output) => startProgram(site.world, { ...site.call, argv, stdin, output }),
  nodes: site.host.spec.nodeContainers ?? [],
  runInside: (machine, argv, stdin, output) => {
    const inside = site.world.hosts.get(machine);
    const files = inside ? machineFiles(inside) : NO_FILES;
    const call = { ...site.call, host: machine, namespace: '', argv, stdin, output, files };
    return startProgram(site.world, call);
  },
  readFileInside: (machine, path) => site.world.hosts.get(machine)?.files.get(path),
});

const vtyshHost = (site: Site): VtyshHost => ({
  connect: (pathspace) => {
    const daemons = site.host.routing.get(pathspace);
    if (daemons === undefined || daemons.running.size === 0) return undefined;
    const language = site.world.vtyshLanguage;
    const { running, config, environment } = daemons;
    return {
      running,
      session: openVtySession(daemons, language),
      runningConfiguration: () => openVtySession(daemons, language).execute('show running-config').text,
      loading: (read) => daemons.readConfiguration(read),
      rehearse: () =>
        new VtySession(
          language,
          { config: emptyConfig(config.hostname), environment, changed: () => undefined },
          () => ({}),
        ),
    };
  },
  readFile: (path) => readFile(site, path),
  writeFile: (path, text) => writeFile(site, path, text),
});

const frrHost = (site: Site): FrrHost => {
  const { host } = site;
  return {
    running: (pathspace) => host.routing.get(pathspace)?.running ?? new Set(),
    hasNamespace: (name) => host.kernel.namespaces.has(name),
    addNamespace: (name) => void host.kernel.addNamespace(name),
    start: (pathspace, namespace, daemon) => startDaemon(host, pathspace, namespace, daemon),
    stop: (pathspace) => stopDaemons(host, pathspace),
    readFile: (path) => readFile(site, path),
    writeFile: (path, text) => writeFile(site, path, text),
    vtysh: (argv, output) => {
      const ended = run(vtysh, vtyshHost(site), { ...site, call: { ...site.call, argv, output } });
      return 'status' in ended ? ended : { status: 0 };
    },
  };
};

const frr =
  (program: Program<FrrHost>): Starter =>
  (site) =>
    run(program, frrHost(site), site);

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
  'ovn-detrace': database(ovnDetrace),
  'ovs-tcpundump': (site) => run(ovsTcpundump, undefined, site),
  'ovs-ofctl': (site) => run(ovsOfctl, ofctlHost(site), site),
  'ovn-appctl': (site) => run(ovnAppctl, appctlHost(site), site),
  'ovs-appctl': (site) => run(ovsAppctl, appctlHost(site), site),
  ip: network(ip),
  ping: resolving(ping),
  ping6: resolving(ping),
  traceroute: resolving(traceroute),
  udhcpc: (site) =>
    run(udhcpc, { ...kernelHost(site), writeFile: (path, text) => writeFile(site, path, text) }, site),
  dhclient: (site) => {
    const { host: machine, process } = site;
    const access = {
      hostName: machine.name,
      process,
      readFile: (path: string) => readFile(site, path),
      writeFile: (path: string, text: string) => writeFile(site, path, text),
      kill: (pid: number, signal: Signal) => {
        const found = machine.processes.find(pid);
        found?.signal(signal);
        return found !== undefined;
      },
    };
    return run(dhclient, { ...kernelHost(site), ...access }, site);
  },
  kill: processes(kill),
  pgrep: processes(pgrep),
  pkill: processes(pgrep),
  pidof: processes(pidof),
  ss: (site) => {
    const pidOf = (program: string): number | null => {
      const [first, second] = allProcesses(site.host).filter((process) => nameOf(process) === program);
      return first !== undefined && second === undefined ? first.pid : null;
    };
    return run(ss, { ...kernelHost(site), pidOf }, site);
  },
  curl: (site) => {
    return run(curl, { ...kernelHost(site), resolver: resolverOf(site), files: site.call.files }, site);
  },
  python3: (site) => {
    const { files } = site.call;
    const list = (path: string): readonly string[] | undefined => files.list?.(path);
    return run(httpServer, { ...kernelHost(site), files: { read: (path) => files.read(path), list } }, site);
  },
  dnsmasq: (site) => {
    const files = {
      readFile: (path: string) => readFile(site, path),
      writeFile: (path: string, text: string) => writeFile(site, path, text),
    };
    return run(dnsmasq, { ...kernelHost(site), ...files, process: site.process }, site);
  },
  dig: asking(dig),
  host: asking(host),
  nslookup: asking(nslookup),
  getent: (site) =>
    run(getent, { resolver: resolverOf(site), readFile: (path) => readFile(site, path) }, site),
  arping: network(arping),
  ethtool: network(ethtool),
  brctl: network(brctl),
  bridge: network(bridge),
  sleep: (site) => run(sleep, null, site),
  sysctl: network(sysctl),
  iptables: network(iptables),
  'iptables-save': network(iptablesSave),
  'iptables-restore': network(iptablesRestore),
  conntrack: network(conntrack),
  vtysh: (site) => run(vtysh, vtyshHost(site), site),
  '/usr/lib/frr/frrinit.sh': frr(initScript),
  '/usr/lib/frr/zebra': frr(frrDaemon),
  '/usr/lib/frr/bgpd': frr(frrDaemon),
  '/usr/lib/frr/staticd': frr(frrDaemon),
  '/usr/lib/frr/bfdd': frr(frrDaemon),
  tcpdump: (site) => run(tcpdump, { kernel: site.host.kernel, files: site.call.files }, site),
  virsh: (site) => {
    const { libvirt, name } = site.host;
    if (libvirt) return run(virsh, { hostname: name, libvirt }, site);
    return notInstalled(site.call);
  },
  systemctl: (site) => run(systemctl, { daemons: unitsOf(site) }, site),
  pcs: (site) => run(pcs, pcsHost(site), site),
  podman: (site) => run(podman, podmanHost(site), site),
  openstack: (site) => run(openstack, openstackHost(site), site),
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

/** The machine's units: FRR's is its init script. */
function unitsOf(site: Site): readonly StoppableDaemon[] {
  const { host } = site;
  const script = (verb: string): void => {
    const argv = ['/usr/lib/frr/frrinit.sh', verb];
    const output: Output = { out: () => undefined, err: () => undefined };
    frr(initScript)({ ...site, call: { ...site.call, argv, output, namespace: '' } });
  };
  return [
    ...daemonsOf(host),
    ...(readFile(site, '/etc/frr/daemons') === undefined
      ? []
      : [
          {
            unit: 'frr',
            container: null,
            description: 'FRRouting',
            isRunning: () => host.routing.get('')?.running.has('watchfrr') === true,
            start: () => script('start'),
            stop: () => script('stop'),
          },
        ]),
  ];
}

/** A program by its path: all but those with a folder of their own are where the system's are. */
const programName = (path: string): string => path.replace(/^(?:\/usr)?\/s?bin\//, '');

export const PROGRAM_NAMES: readonly string[] = Object.keys(STARTERS);

function notInstalled({ argv, output }: ProgramCall): Exit {
  output.err(`bash: ${argv[0] ?? ''}: command not found\n`);
  return { status: 127 };
}

/** Starts a program. One that the machine does not have ends with 127, as a shell says. */
export function startProgram(world: World, call: ProgramCall): Exit | RunningProgram {
  const name = programName(call.argv[0] ?? '');
  const host = world.hosts.get(call.host);
  const starter = Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
  if (host && !starter && host.running && call.files.execute)
    return call.files.execute(call.argv, call.namespace, call.stdin, call.output);
  if (!host || !starter) return notInstalled(call);
  if (!host.running) {
    call.output.err(`ssh: connect to host ${host.name} port 22: No route to host\n`);
    return { status: 255 };
  }
  keepFiles(host, call.files);
  const { argv, namespace } = call;
  const process = ownProcess({ table: host.processes, now: world.clock.now(), argv, namespace });
  const begun = starter({ world, host, call, process });
  if (!('status' in begun)) process.run(begun);
  return begun;
}
