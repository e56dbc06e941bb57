/** `dpif/...`: the datapath that bridges share, its ports and what it can do. */
import { ok } from '../../../base/result.ts';
import type { Bridge } from '../../../ofproto/bridge/bridge.ts';
import type { Datapath, DpFeatures } from '../../../ofproto/bridge/datapath.ts';
import type { Port } from '../../../ofproto/bridge/port.ts';
import type { DaemonCommand, Reply } from '../reply.ts';
import { withBridge } from './fdb.ts';
import { tunnelOptions } from './tunnels.ts';

const sortedBy = <T>(items: Iterable<T>, key: (item: T) => string): T[] =>
  [...items].toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));

/** The options that a port's device reports, by name. */
function configText(port: Port): string {
  const { tunnel, peerName } = port;
  const options: [string, string][] = [];
  if (peerName !== null) options.push(['peer', peerName]);
  if (tunnel) options.push(...tunnelOptions(tunnel));
  const text = sortedBy(options, ([key]) => key)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
  return text === '' ? '' : `: ${text}`;
}

const typeText = (port: Port, internal: string): string =>
  port.type === '' ? 'system' : port.type === 'internal' ? internal : port.type;

function showBridge(bridge: Bridge, internal: string): string {
  const ports = sortedBy(bridge.ports.values(), (port) => port.name).map(
    (port) =>
      `    ${port.name} ${port.ofPort}/${port.dpPort ?? 'none'}: (${typeText(port, internal)}${configText(port)})\n`,
  );
  return `  ${bridge.name}:\n${ports.join('')}`;
}

function show(datapath: Datapath): string {
  const { hits, misses } = datapath.cache;
  const bridges = sortedBy(datapath.bridges.values(), (bridge) => bridge.name);
  const head = `system@ovs-system: hit:${hits} missed:${misses}\n`;
  return head + bridges.map((bridge) => showBridge(bridge, datapath.internalType)).join('');
}

interface Feature {
  readonly name: string;
  readonly title: string;
  /** A switch of the model, or a value that never changes. */
  readonly value: keyof DpFeatures | boolean | number;
}

const feature = (name: string, title: string, value: Feature['value']): Feature => ({ name, title, value });

const FEATURES: readonly Feature[] = [
  feature('masked_set_action', 'Masked set action', true),
  feature('tnl_push_pop', 'Tunnel push pop', false),
  feature('ufid', 'Ufid', true),
  feature('trunc', 'Truncate action', 'truncate'),
  feature('clone', 'Clone action', 'clone'),
  feature('sample_nesting', 'Sample nesting', 10),
  feature('ct_eventmask', 'Conntrack eventmask', true),
  feature('ct_clear', 'Conntrack clear', 'ctClear'),
  feature('max_hash_alg', 'Max dp_hash algorithm', 1),
  feature('check_pkt_len', 'Check pkt length action', 'checkPktLen'),
  feature('ct_timeout', 'Conntrack timeout policy', 'ctTimeout'),
  feature('explicit_drop_action', 'Explicit Drop action', 'explicitDrop'),
  feature('lb_output_action', 'Optimized Balance TCP mode', false),
  feature('ct_zero_snat', 'Conntrack all-zero IP SNAT', true),
  feature('add_mpls', 'MPLS Label add', 'addMpls'),
  feature('psample', 'psample action', true),
  feature('max_vlan_headers', 'Max VLAN headers', 2),
  feature('max_mpls_depth', 'Max MPLS depth', 3),
  feature('recirc', 'Recirc', 'recirculation'),
  feature('ct_state', 'CT state', true),
  feature('ct_zone', 'CT zone', true),
  feature('ct_mark', 'CT mark', true),
  feature('ct_label', 'CT label', true),
  feature('ct_state_nat', 'CT state NAT', true),
  feature('ct_orig_tuple', 'CT orig tuple', true),
  feature('ct_orig_tuple6', 'CT orig tuple for IPv6', true),
  feature('nd_ext', 'IPv6 ND Extension', true),
];

const valueOf = (datapath: Datapath, { value }: Feature): boolean | number =>
  typeof value === 'string' ? datapath.features[value] : value;

const showFeatures = (datapath: Datapath): string =>
  FEATURES.map((one) => {
    const value = valueOf(datapath, one);
    return `${one.title}: ${typeof value === 'number' ? value : value ? 'Yes' : 'No'}\n`;
  }).join('');

const displayFeature = (datapath: Datapath, one: Feature): string => {
  const now = valueOf(datapath, one);
  const boot = typeof one.value === 'string' ? true : one.value;
  return `${one.name} (${one.title}) : [run time]:${now}, [boot time]:${boot}\n`;
};

function setFeature(datapath: Datapath, [name, value]: readonly string[]): Reply {
  if (name === undefined) return ok(FEATURES.map((one) => displayFeature(datapath, one)).join(''));
  const one = FEATURES.find((candidate) => candidate.name === name);
  if (!one) return ok('Unexpected support field');
  if (value === undefined) return ok(displayFeature(datapath, one));
  if (typeof one.value === 'number') return ok(/^\d+$/.test(value) ? '' : 'Integer number expected');
  const wanted = value.toLowerCase();
  if (wanted !== 'true' && wanted !== 'false') return ok('Boolean value expected');
  if (typeof one.value === 'string') datapath.features[one.value] = wanted === 'true';
  else if (wanted === 'true' && !one.value)
    return ok('Can not enable features not supported by the datapath');
  datapath.settings += 1;
  datapath.cache.clear(datapath.context.clock.now());
  return ok('');
}

export const DPIF_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  { name: 'dpif/show', usage: '', least: 0, most: 0, run: (datapath) => ok(show(datapath)) },
  {
    name: 'dpif/dump-dps',
    usage: '',
    least: 0,
    most: 0,
    run: (datapath) =>
      ok(
        sortedBy(datapath.bridges.keys(), (name) => name)
          .map((name) => `system@${name}\n`)
          .join(''),
      ),
  },
  {
    name: 'dpif/show-dp-features',
    usage: 'bridge',
    least: 1,
    most: 1,
    run: (datapath, [name]) => withBridge(datapath, name, () => ok(showFeatures(datapath))),
  },
  {
    name: 'dpif/set-dp-features',
    usage: '[--force] bridge [feature [value]]',
    least: 1,
    most: 4,
    run: (datapath, args) => {
      const rest = args[0] === '--force' ? args.slice(1) : args;
      return withBridge(datapath, rest[0], () => setFeature(datapath, rest.slice(1)));
    },
  },
  {
    name: 'ofproto/list',
    usage: '',
    least: 0,
    most: 0,
    run: (datapath) => ok([...datapath.bridges.keys()].map((name) => `${name}\n`).join('')),
  },
];
