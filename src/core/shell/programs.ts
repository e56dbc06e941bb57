/** Every program that can be typed on a machine of a world, and how it is started there. */
import type { Signal } from '../sim/process-table.ts';
import { setUpCluster } from '../sim/cluster/set-up.ts';
import { formatIp } from '../linux/family.ts';
import type { World } from '../sim/index.ts';
import { startContainer } from '../sim/service/start.ts';
import { FRR_PROGRAMS, frrUnit } from './frr/programs.ts';
import { dig } from './dig/dig.ts';
import { nameService } from './name-service.ts';
import { asking, kernelHost, network, resolverOf, resolving } from './network-site.ts';
import { ownProcess } from './own-process.ts';
import type { Exit, Program, RunningProgram } from './program.ts';
import {
  HOSTS,
  filesOf,
  NO_SHELL,
  shellInside,
  programName,
  readFile,
  run,
  writeFile,
  type ProgramCall,
  type Site,
  type Starter,
} from './site.ts';
import { SWITCH_PROGRAMS } from './switch-programs.ts';
import { arping } from './arping/arping.ts';
import { brctl } from './brctl/brctl.ts';
import { bridge } from './bridge/program.ts';
import { conntrack } from './conntrack/conntrack.ts';
import { curl } from './curl/curl.ts';
import { dhclient } from './dhclient/dhclient.ts';
import { dnsmasq } from './dnsmasq/dnsmasq.ts';
import { getent } from './getent/getent.ts';
import { host } from './host/host.ts';
import { nslookup } from './nslookup/nslookup.ts';
import { httpServer } from './http-server/http-server.ts';
import { ethtool } from './ethtool/ethtool.ts';
import { iptablesRestore, iptablesSave } from './iptables/files.ts';
import { iptables } from './iptables/iptables.ts';
import { ip } from './ip/program.ts';
import { openstack, type OpenstackHost } from './openstack/openstack.ts';
import { pcs, type PcsHost } from './pcs/pcs.ts';
import { ping } from './ping/ping.ts';
import { podman, type PodmanHost } from './podman/podman.ts';
import { daemonsOf, type StoppableDaemon } from './daemons.ts';
import { allProcesses, nameOf } from './process/all-processes.ts';
import { kill, type ProcessHost } from './process/kill.ts';
import { pgrep, pidof } from './process/pgrep.ts';
import { sleep } from './sleep/sleep.ts';
import { systemctl } from './systemctl/systemctl.ts';
import { ss } from './ss/ss.ts';
import { ssh } from './ssh/ssh.ts';
import { sudo } from './sudo/sudo.ts';
import { sysctl } from './sysctl/sysctl.ts';
import { traceroute } from './traceroute/traceroute.ts';
import { tcpdump } from './tcpdump/tcpdump.ts';
import { timeout } from './timeout/timeout.ts';
import { udhcpc } from './udhcpc/udhcpc.ts';
import { virsh } from './virsh/virsh.ts';

/** Programs about processes; the one that asks is not among them yet. */
const processes =
  (program: Program<ProcessHost>): Starter =>
  (site) =>
    run(program, { processes: () => allProcesses(site.host) }, site);

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
  cloud: call.shell.variable?.('OS_CLOUD') ?? call.shell.variable?.('OS_CLOUDNAME'),
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
  run: (argv, stdin, output) => site.start({ ...site.call, argv, stdin, output }),
  nodes: site.host.spec.nodeContainers ?? [],
  runInside: (machine, argv, stdin, output) => {
    const inside = site.world.hosts.get(machine);
    const shell = inside ? shellInside(inside, site.call.shell) : NO_SHELL;
    const call = { ...site.call, host: machine, namespace: '', argv, stdin, output, shell };
    return site.start(call);
  },
  hasShells: site.call.shell.executeOn !== undefined,
});

const STARTERS: Readonly<Record<string, Starter>> = {
  ...SWITCH_PROGRAMS,
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
    return run(curl, { ...kernelHost(site), resolver: resolverOf(site), files: filesOf(site) }, site);
  },
  python3: (site) => {
    return run(httpServer, { ...kernelHost(site), files: filesOf(site) }, site);
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
  timeout: (site) => run(timeout, { start: (argv) => site.start({ ...site.call, argv }) }, site),
  sysctl: (site) => run(sysctl, { ...kernelHost(site), readFile: (path) => readFile(site, path) }, site),
  iptables: network(iptables),
  'iptables-save': network(iptablesSave),
  'iptables-restore': network(iptablesRestore),
  conntrack: network(conntrack),
  ...FRR_PROGRAMS,
  tcpdump: (site) => run(tcpdump, { kernel: site.host.kernel, files: filesOf(site) }, site),
  virsh: (site) => {
    const { libvirt, name } = site.host;
    if (libvirt) return run(virsh, { hostname: name, libvirt }, site);
    return notInstalled(site.call);
  },
  systemctl: (site) => run(systemctl, { daemons: unitsOf(site) }, site),
  pcs: (site) => run(pcs, pcsHost(site), site),
  podman: (site) => run(podman, podmanHost(site), site),
  openstack: (site) => run(openstack, openstackHost(site), site),
  sudo,
  ssh,
  hostname: ({ host, call }) => {
    call.output.out(`${host.name}\n`);
    return { status: 0 };
  },
};

/** Signals upon which programs say their last words, where that is not SIGINT alone. */
const CAUGHT: Readonly<Record<string, readonly Signal[]>> = { tcpdump: ['INT', 'TERM', 'HUP'] };

/** The machine's units. */
function unitsOf(site: Site): readonly StoppableDaemon[] {
  const frr = frrUnit(site);
  return [...daemonsOf(site.host), ...(frr ? [frr] : [])];
}

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
  if (host && !starter && host.running && call.shell.execute)
    return call.shell.execute(call.argv, call.namespace, call.stdin, call.output);
  if (!host || !starter) return notInstalled(call);
  if (!host.running) {
    call.output.err(`ssh: connect to host ${host.name} port 22: No route to host\n`);
    return { status: 255 };
  }
  const { argv, namespace } = call;
  const caught = CAUGHT[name];
  const process = ownProcess({
    table: host.processes,
    ...(caught && { caught }),
    now: world.clock.now(),
    argv,
    namespace,
  });
  const start = (other: ProgramCall): Exit | RunningProgram => startProgram(world, other);
  const output = process.output(call.output);
  const begun = starter({ world, host, call: { ...call, output }, process, start });
  return 'status' in begun ? begun : process.run(begun);
}
