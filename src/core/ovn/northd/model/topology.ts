/** How ports and datapaths hang together: peers, distributed gateway ports, and what kinds of ports a switch has. */
import type { Uuid } from '../../../base/uuid.ts';
import { NO_ADDRESSES, parseIpAddresses, parsePortAddresses } from './addresses.ts';
import type { Addresses } from './addresses.ts';
import type { Base } from './base.ts';
import { sameFields, sameList } from './config.ts';
import type { DatapathModel } from './datapaths.ts';
import { quote } from './ports.ts';
import type { PortModel, RouterPort } from './ports.ts';

/** The other end of a router port. */
type RouterPortPeer =
  | { readonly kind: 'switch'; readonly port: Uuid }
  | { readonly kind: 'router'; readonly port: Uuid };

/** The ports of a switch by what they are, each list sorted by uuid. */
interface SwitchShape {
  readonly count: number;
  readonly localnets: readonly Uuid[];
  /** Ports of type router whose router port exists. */
  readonly routerPorts: readonly Uuid[];
  readonly switchPorts: readonly Uuid[];
  readonly unknown: boolean;
  readonly vtep: boolean;
  readonly arpProxy: boolean;
  /** A router that relays multicast hangs on the switch. */
  readonly floodRelay: boolean;
  readonly floodStatic: boolean;
}

/** A port of the gateway chassis that stands for another port. */
export interface RedirectPort {
  readonly name: string;
  readonly quoted: string;
}

export interface TopologyModel {
  /** The ports of a router that northd takes, sorted by uuid. */
  readonly routerPorts: (router: Uuid) => readonly Uuid[];
  /** The router port to which a switch port of type router leads. */
  readonly lspPeer: (lsp: Uuid) => Uuid | undefined;
  /** The port of another switch that a port of type switch is joined with. */
  readonly lspSwitchPeer: (lsp: Uuid) => Uuid | undefined;
  readonly lrpPeer: (lrp: Uuid) => RouterPortPeer | undefined;
  readonly shape: (ls: Uuid) => SwitchShape;
  readonly localnets: (ls: Uuid) => readonly Uuid[];
  readonly routerPortsOf: (ls: Uuid) => readonly Uuid[];
  readonly switchPortsOf: (ls: Uuid) => readonly Uuid[];
  readonly hasLocalnet: (ls: Uuid) => boolean;
  readonly hasUnknown: (ls: Uuid) => boolean;
  readonly hasVtep: (ls: Uuid) => boolean;
  readonly hasArpProxy: (ls: Uuid) => boolean;
  /** Which groups a switch copies broadcasts to. */
  readonly floods: (ls: Uuid) => { readonly relay: boolean; readonly static: boolean };
  /** All ports of the switch lead to routers. */
  readonly onlyRouterPorts: (ls: Uuid) => boolean;
  /** The distributed gateway ports of a router, sorted by uuid. */
  readonly gatewayPorts: (router: Uuid) => readonly Uuid[];
  /** The chassisredirect port of a distributed gateway port; undefined for any other router port. */
  readonly redirectOf: (lrp: Uuid) => RedirectPort | undefined;
  /** The chassisredirect port of a switch port whose peer is the one gateway port of its router, off any provider network. */
  readonly switchRedirectOf: (lsp: Uuid) => RedirectPort | undefined;
  /** The addresses for which a switch port answers in place of others. */
  readonly arpProxy: (lsp: Uuid) => Addresses;
  /** Switches that a router has ports on. */
  readonly switchesOfRouter: (router: Uuid) => readonly Uuid[];
  /** Some port of the router floods all multicast. */
  readonly routerFloodStatic: (router: Uuid) => boolean;
}

const redirect = (name: string): RedirectPort => ({ name: `cr-${name}`, quoted: quote(`cr-${name}`) });

export function defineTopology(base: Base, m: DatapathModel & PortModel): TopologyModel {
  const { graph, nb } = base;
  const lspsTowards = nb.index('Logical_Switch_Port', (row) => {
    const name = row.type === 'router' ? row.options.get('router-port') : undefined;
    return name === undefined ? [] : [name];
  });

  const routerPorts = graph.query(
    'ports of router',
    (lr: Uuid) => m.routerPortRows(lr).filter((uuid) => m.lrp(uuid) !== undefined),
    { equal: sameList },
  );

  // Most ports are neither: for them nothing is remembered but the port itself.
  const hasType = (uuid: Uuid, type: string): boolean => m.lsp(uuid)?.type === type;
  const routerPeer = graph.query('lsp peer', (uuid: Uuid): Uuid | undefined => {
    const name = m.lsp(uuid)?.options.get('router-port');
    const peer = name === undefined ? undefined : m.lrpNamed(name);
    if (peer === undefined || m.routerOfPort(peer) === undefined) return undefined;
    const row = m.lrp(peer)?.row;
    return row === undefined || row.peer !== null ? undefined : peer;
  });
  const lspPeer = (uuid: Uuid): Uuid | undefined => (hasType(uuid, 'router') ? routerPeer(uuid) : undefined);

  const switchPeer = graph.query('lsp switch peer', (uuid: Uuid): Uuid | undefined => {
    const port = m.lsp(uuid);
    if (port === undefined || port.row.peer === null) return undefined;
    const peer = m.lspNamed(port.row.peer);
    const other = peer === undefined ? undefined : m.lsp(peer);
    return other?.type === 'switch' && other.row.peer === port.name ? peer : undefined;
  });
  const lspSwitchPeer = (uuid: Uuid): Uuid | undefined =>
    hasType(uuid, 'switch') ? switchPeer(uuid) : undefined;

  const lrpPeer = graph.query(
    'lrp peer',
    (uuid: Uuid): RouterPortPeer | undefined => {
      const port = m.lrp(uuid);
      if (port === undefined) return undefined;
      if (port.row.peer === null) {
        const lsp = lspsTowards(port.name).find((candidate) => lspPeer(candidate) === uuid);
        return lsp === undefined ? undefined : { kind: 'switch', port: lsp };
      }
      const peer = m.lrpNamed(port.row.peer);
      const other = peer === undefined ? undefined : m.lrp(peer);
      if (peer === undefined || m.routerOfPort(peer) === undefined) return undefined;
      return other?.row.peer === port.name ? { kind: 'router', port: peer } : undefined;
    },
    { equal: sameFields },
  );

  const proxied = graph.query('arp proxy', (uuid: Uuid): Addresses => {
    const text = lspPeer(uuid) === undefined ? undefined : m.lsp(uuid)?.options.get('arp_proxy');
    if (text === undefined) return NO_ADDRESSES;
    return parsePortAddresses(text) ?? parseIpAddresses(text) ?? NO_ADDRESSES;
  });
  const arpProxy = (uuid: Uuid): Addresses => (hasType(uuid, 'router') ? proxied(uuid) : NO_ADDRESSES);

  // What the shape of a switch needs of one port: it seldom changes when the port does.
  const traits = graph.query(
    'traits',
    (uuid: Uuid) => {
      const port = m.lsp(uuid);
      const peer = lspPeer(uuid);
      const router = peer === undefined ? undefined : m.routerOfPort(peer);
      return {
        type: port?.type ?? '',
        towards: port?.type === 'router' && peer !== undefined,
        unknown: port?.unknown === true,
        relay: router !== undefined && m.router(router)?.multicastRelay === true,
        static: port !== undefined && port.enabled && port.receivesMulticast && port.multicastFlood,
        proxy: arpProxy(uuid) !== NO_ADDRESSES,
      };
    },
    { equal: sameFields },
  );
  const readShape = (ls: Uuid): SwitchShape => {
    const uuids = m.switchPortRows(ls);
    const found = uuids.map((uuid) => ({ uuid, ...traits(uuid) }));
    const typed = (type: string): readonly Uuid[] => found.filter((p) => p.type === type).map((p) => p.uuid);
    return {
      count: uuids.length,
      localnets: typed('localnet'),
      routerPorts: found.filter((p) => p.towards).map((p) => p.uuid),
      switchPorts: typed('switch'),
      unknown: found.some((p) => p.unknown),
      vtep: found.some((p) => p.type === 'vtep'),
      arpProxy: found.some((p) => p.proxy),
      floodRelay: found.some((p) => p.relay),
      floodStatic: found.some((p) => p.static),
    };
  };
  const shape = graph.query('shape', readShape, {
    equal: (a, b) =>
      sameFields(
        { ...a, localnets: 0, routerPorts: 0, switchPorts: 0 },
        { ...b, localnets: 0, routerPorts: 0, switchPorts: 0 },
      ) &&
      sameList(a.localnets, b.localnets) &&
      sameList(a.routerPorts, b.routerPorts) &&
      sameList(a.switchPorts, b.switchPorts),
  });
  // Each part stands alone, so that a change of one does not disturb those who look at another.
  const part = <V>(name: string, pick: (shape: SwitchShape) => V): ((ls: Uuid) => V) =>
    graph.query(name, (ls: Uuid) => pick(shape(ls)));
  const list = (
    name: string,
    pick: (shape: SwitchShape) => readonly Uuid[],
  ): ((ls: Uuid) => readonly Uuid[]) => graph.query(name, (ls: Uuid) => pick(shape(ls)), { equal: sameList });
  const localnets = list('localnets', (s) => s.localnets);

  const gatewayPorts = graph.query(
    'gateway ports',
    (lr: Uuid): readonly Uuid[] =>
      m.router(lr)?.gatewayChassis !== undefined
        ? []
        : routerPorts(lr).filter((uuid) => m.lrp(uuid)?.wantsGateway === true),
    { equal: sameList },
  );
  const redirectOf = graph.query(
    'redirect',
    (uuid: Uuid): RedirectPort | undefined => {
      const router = m.routerOfPort(uuid);
      const port: RouterPort | undefined = m.lrp(uuid);
      if (port === undefined || router === undefined || !port.wantsGateway) return undefined;
      return m.router(router)?.gatewayChassis === undefined ? redirect(port.name) : undefined;
    },
    { equal: sameFields },
  );
  const redirectTowards = graph.query(
    'switch redirect',
    (uuid: Uuid): RedirectPort | undefined => {
      const peer = lspPeer(uuid);
      const router = peer === undefined ? undefined : m.routerOfPort(peer);
      const ls = m.switchOfPort(uuid);
      const port = m.lsp(uuid);
      if (peer === undefined || router === undefined || ls === undefined || port === undefined)
        return undefined;
      if (redirectOf(peer) === undefined || lrpPeer(peer)?.port !== uuid) return undefined;
      return gatewayPorts(router).length === 1 && localnets(ls).length === 0
        ? redirect(port.name)
        : undefined;
    },
    { equal: sameFields },
  );
  const switchRedirectOf = (uuid: Uuid): RedirectPort | undefined =>
    hasType(uuid, 'router') ? redirectTowards(uuid) : undefined;

  const switchesOfRouter = graph.query(
    'switches of router',
    (lr: Uuid): readonly Uuid[] => {
      const switches = new Set<Uuid>();
      for (const uuid of routerPorts(lr)) {
        const peer = lrpPeer(uuid);
        const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
        if (ls !== undefined) switches.add(ls);
      }
      return [...switches].sort();
    },
    { equal: sameList },
  );
  const routerFloodStatic = graph.query('router flood', (lr: Uuid): boolean =>
    routerPorts(lr).some((uuid) => {
      const port = m.lrp(uuid);
      return port !== undefined && port.enabled && port.multicastFlood;
    }),
  );

  return {
    routerPorts,
    lspPeer,
    lspSwitchPeer,
    lrpPeer,
    shape,
    localnets,
    routerPortsOf: list('router ports of switch', (s) => s.routerPorts),
    switchPortsOf: list('switch ports of switch', (s) => s.switchPorts),
    hasLocalnet: part('has localnet', (s) => s.localnets.length > 0),
    hasUnknown: part('has unknown', (s) => s.unknown),
    hasVtep: part('has vtep', (s) => s.vtep),
    hasArpProxy: part('has arp proxy', (s) => s.arpProxy),
    floods: graph.query(
      'floods',
      (ls: Uuid) => ({ relay: shape(ls).floodRelay, static: shape(ls).floodStatic }),
      {
        equal: sameFields,
      },
    ),
    onlyRouterPorts: part('only router ports', (s) => s.routerPorts.length === s.count),
    gatewayPorts,
    redirectOf,
    switchRedirectOf,
    arpProxy,
    switchesOfRouter,
    routerFloodStatic,
  };
}
