/** The network of an FRR case: one kernel whose namespaces are the nodes and their VRFs, and the daemons of each router. */
import type { Context } from '../../core/base/context.ts';
import { parseMac } from '../../core/base/address.ts';
import { createRandom } from '../../core/base/random.ts';
import { Language } from '../../core/frr/config/language.ts';
import type { VtySession } from '../../core/frr/config/session.ts';
import { findLink, rename, setMac, setUp } from '../../core/linux/device.ts';
import { Kernel, type Link } from '../../core/linux/index.ts';
import { createClock, type SimClock } from '../../core/sim/clock.ts';
import { SHOW_COMMANDS } from '../../core/frr/show/commands.ts';
import { openVtySession, RoutingHost } from '../../core/sim/index.ts';
import { ip } from '../../core/shell/ip/program.ts';
import { splitWords } from '../../core/shell/words.ts';
import { readSetup, type FrrCommand, type Topology } from './frr-case.ts';

const WORKSHOP = '#workshop';

interface Router {
  readonly host: RoutingHost;
  readonly vtysh: VtySession;
}

export class FrrNetwork {
  readonly clock: SimClock = createClock();
  readonly kernel: Kernel;
  readonly #context: Context;
  readonly #routers = new Map<string, Router>();

  constructor(topology: Topology) {
    this.#context = {
      clock: this.clock,
      random: createRandom(1),
      recorder: { active: false, record: () => 0 },
    };
    this.kernel = new Kernel('recorder', this.#context, { features: new Set() });
    this.kernel.addNamespace(WORKSHOP);
    for (const node of topology.nodes) {
      this.#addNamespace(node.name);
      for (const vrf of node.vrfs) this.#addNamespace(namespaceOf(node.name, vrf));
    }
    const workshop = this.kernel.namespace(WORKSHOP);
    workshop.nextIndex = 100;
    const specs = new Map(
      topology.nodes.flatMap((node) =>
        node.interfaces.map((one) => [`${node.name} ${one.name}`, one] as const),
      ),
    );
    topology.links.forEach(({ a, b }, index) => {
      const made = this.kernel.addLink(WORKSHOP, {
        kind: 'veth',
        name: `a${index}`,
        peer: { name: `b${index}` },
      });
      if (!made.ok || made.value.peer === null) return;
      const { peer } = made.value;
      for (const [link, end] of [
        [made.value, a],
        [peer, b],
      ] as const) {
        const spec = specs.get(`${end.node} ${end.interface}`);
        this.#place(link, namespaceOf(end.node, spec?.vrf ?? null), end.interface, spec?.mac ?? '');
      }
    });
    const language = new Language(SHOW_COMMANDS);
    for (const node of topology.nodes) {
      const host = new RoutingHost({
        hostname: node.name,
        kernel: this.kernel,
        context: this.#context,
        namespace: node.name,
        ...(node.kind === 'linux-bridge' ? { daemons: ['zebra', 'staticd'] as const } : {}),
        vrfNamespaces:
          node.vrfs.length === 0 ? null : new Map(node.vrfs.map((vrf) => [vrf, namespaceOf(node.name, vrf)])),
      });
      const vtysh = openVtySession(host, language);
      this.#routers.set(node.name, { host, vtysh });
    }
  }

  #addNamespace(name: string): void {
    const added = this.kernel.addNamespace(name);
    if (!added.ok) return;
    const net = added.value;
    net.sysctl.set('net.ipv4.ip_forward', '1');
    net.sysctl.set('net.ipv6.conf.all.forwarding', '1');
    // Link-local addresses were usable at once when a link came up.
    for (const name of ['all', 'default']) net.sysctl.set(`net.ipv6.conf.${name}.accept_dad`, '0');
    const loopback = findLink(net, 'lo');
    if (loopback !== undefined) setUp(net, loopback);
  }

  #place(link: Link, namespace: string, name: string, mac: string): void {
    const net = this.kernel.namespace(namespace);
    rename(this.kernel.namespace(WORKSHOP), link, `${namespace}.${name}`.slice(0, 15));
    this.kernel.moveLink(link, net);
    rename(net, link, name);
    setMac(net, link, parseMac(mac) ?? 0n);
  }

  /** The commands before the daemons are configured. */
  prepare(setup: string): void {
    for (const { node, vrf, command } of readSetup(setup)) this.#shell(namespaceOf(node, vrf), command);
  }

  runUntil(time: number): void {
    this.clock.run(Math.max(this.clock.now(), time));
  }

  host(node: string): RoutingHost | undefined {
    return this.#routers.get(node)?.host;
  }

  /** What `vtysh -f` does with a file. */
  load(node: string, text: string): void {
    const router = this.#routers.get(node);
    if (router === undefined) return;
    router.host.readConfiguration(() => {
      router.vtysh.configure();
      for (const line of text.split('\n')) router.vtysh.execute(line);
      router.vtysh.execute('end');
    });
  }

  perform({ node, where, cmd }: FrrCommand): void {
    switch (where) {
      case 'vtysh':
        for (const line of cmd.split('\n')) this.#routers.get(node)?.vtysh.execute(line);
        this.#routers.get(node)?.vtysh.execute('end');
        return;
      case 'signal':
        this.#signal(node, cmd);
        return;
      case 'shell':
        this.#shell(node, cmd);
        return;
      default:
        this.#shell(namespaceOf(node, where), cmd);
    }
  }

  #signal(node: string, signal: string): void {
    const host = this.#routers.get(node)?.host;
    if (signal === 'KILL') host?.killBgpd();
    else host?.pauseBgpd(signal === 'STOP');
  }

  output(node: string, vrf: string | null, tool: string, command: string): string {
    if (tool === 'vtysh') return this.#routers.get(node)?.vtysh.execute(command).text ?? '';
    return this.#shell(namespaceOf(node, vrf), command);
  }

  /** Runs commands joined by `;` in a namespace; only `ip` is typed in these cases. */
  #shell(namespace: string, line: string): string {
    let text = '';
    for (const command of line.split(';')) {
      const words = splitWords(command.trim());
      const argv = words.ok ? words.value : [];
      if (argv[0] !== 'ip') {
        text += `${argv[0] ?? ''}: not modelled\n`;
        continue;
      }
      ip({
        argv,
        stdin: '',
        output: { out: (part) => void (text += part), err: (part) => void (text += part) },
        context: this.#context,
        host: { kernel: this.kernel },
        namespace,
      });
    }
    return text;
  }
}

const namespaceOf = (node: string, vrf: string | null): string => (vrf === null ? node : `${node}-${vrf}`);
