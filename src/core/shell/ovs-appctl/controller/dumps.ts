/** What ovn-controller tells of its insides: `ct-zone-list` and the commands of `debug/dump-...`. */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import { fromBigInt } from '../../../base/bytes.ts';
import { hashAdd, hashFinish, hashUint64 } from '../../../base/ovs-hash.ts';
import { uuidWord } from '../../../base/uuid.ts';
import {
  agingMacBindings,
  isRelated,
  templateValues,
  type LocalDatapath,
} from '../../../ovn/controller/index.ts';
import { HashOrder, stringOrder, type SbRow } from '../../../ovsdb/index.ts';
import type { ControllerHost } from '../../../sim/controller-host.ts';

type Dump = (host: ControllerHost) => string;

const RULE = `${'-'.repeat(40)}\n`;

const sorted = (names: Iterable<string>): string[] => [...names].toSorted((a, b) => (a < b ? -1 : 1));

/** Names in the order of a table of them, each with a line of its own. */
export const zoneList: Dump = ({ controller }) => {
  const zones = controller.state?.zones ?? new Map<string, number>();
  return stringOrder(zones.keys())
    .map((name) => `${name} ${zones.get(name) ?? 0}\n`)
    .join('');
};

/** Datapaths in the order of a table keyed by their tunnel keys. */
function datapathsOf({ controller: { state } }: ControllerHost): readonly LocalDatapath[] {
  const table = new HashOrder<LocalDatapath>();
  for (const one of state?.datapaths.values() ?? []) table.insert(one, one.datapath.tunnel_key);
  return [...table.values()];
}

const nameOf = (datapath: SbRow<'Datapath_Binding'>): string => datapath.external_ids.get('name') ?? '(null)';

export const localDatapaths: Dump = (host) =>
  `Local datapaths:\n${datapathsOf(host)
    .map(({ datapath }) => {
      const isSwitch = datapath.type === 'logical-switch' || datapath.external_ids.has('logical-switch');
      return `Datapath: ${nameOf(datapath)}, type: ${isSwitch ? 'switch' : 'router'}\n`;
    })
    .join('')}`;

export const peerPorts: Dump = (host) =>
  datapathsOf(host)
    .flatMap(({ datapath, peers }) =>
      peers.map(
        ({ local, remote }) =>
          `dp ${nameOf(datapath)} : local = ${local.logical_port}, remote = ${remote.logical_port}\n`,
      ),
    )
    .join('');

export const relatedPorts: Dump = ({ controller: { state } }) => {
  if (!state) return '';
  const ports = [...state.sb.rows('Port_Binding')].filter((port) => isRelated(state, port));
  return stringOrder(ports.map((port) => port.logical_port))
    .map((name) => `${name}\n`)
    .join('');
};

export const templateVariables: Dump = ({ controller: { state } }) => {
  const values = state ? templateValues(state.sb, state.chassis.name) : new Map<string, string>();
  return `Local template vars:\n${sorted(values.keys())
    .map((name) => `name: '${name}' value: '${values.get(name) ?? ''}'\n`)
    .join('')}`;
};

/** A name that an interface has, or that only the parent of a port would have, with the logical ports behind it. */
interface LocalBinding {
  interfaceName: string;
  primary: 'primary' | 'localport' | null;
  readonly children: Map<string, string>;
}

function bindingsOf({ controller: { state } }: ControllerHost): Map<string, LocalBinding> {
  const found = new Map<string, LocalBinding>();
  if (!state) return found;
  const { sb, ovs, bridge, bindings } = state;
  const bindingOf = (name: string): LocalBinding => {
    const known = found.get(name) ?? { interfaceName: 'NULL', primary: null, children: new Map() };
    found.set(name, known);
    return known;
  };
  for (const port of bridge.ports)
    for (const uuid of ovs.get('Port', port)?.interfaces ?? []) {
      const iface = ovs.get('Interface', uuid);
      const name = iface?.external_ids.get('iface-id');
      if (!iface || name === undefined || (iface.ofport ?? 0) <= 0) continue;
      const binding = bindingOf(name);
      binding.interfaceName = iface.name;
      const row = sb.find('Port_Binding', 'logical_port', name)[0];
      const wanted = row?.options.get('iface-id-ver');
      const isSame = wanted === undefined || wanted === iface.external_ids.get('iface-id-ver');
      if (row?.type === 'localport') binding.primary = 'localport';
      else if (row?.type === '' && !row.parent_port && isSame) binding.primary = 'primary';
    }
  for (const row of sb.rows('Port_Binding')) {
    const name = row.logical_port;
    if (row.type === '' && row.parent_port) bindingOf(row.parent_port).children.set(name, 'CONTAINER');
    else if (row.type === 'mirror' && row.mirror_port)
      bindingOf(row.mirror_port).children.set(name, 'MIRROR');
    else if (row.type === 'virtual' && row.virtual_parent && bindings.bound.has(name))
      bindingOf(row.virtual_parent).children.set(name, 'VIRTUAL');
  }
  return found;
}

export const localBindings: Dump = (host) => {
  const found = bindingsOf(host);
  const texts = sorted(found.keys()).map((name) => {
    const { interfaceName, primary, children } = found.get(name) as LocalBinding;
    const count = children.size + (primary === null ? 0 : 1);
    const title = `name: [${name}], OVS interface name : [${interfaceName}], num binding lports : [${count}]\n`;
    if (count === 0) return title + RULE;
    const own = primary === null ? 'no primary lport\n' : `${primary} lport : [${name}]\n`;
    const rows = sorted(children.keys()).map(
      (child, at) => `child lport[${at + 1}] : [${child}], type : [${children.get(child) ?? ''}]\n`,
    );
    return title + own + rows.join('') + RULE;
  });
  return `Local bindings:\n${texts.join('')}`;
};

/** MAC bindings that age: those of local routers with a threshold. */
export const macBindings: Dump = ({ controller: { state } }) => {
  const rows = state ? agingMacBindings(state) : [];
  const table = new HashOrder<string>();
  for (const { row, ip, key } of rows) {
    const cookie = uuidWord(row._uuid);
    const address = ip.family === 4 ? 0xffff_0000_0000n | BigInt(ip.value) : ip.value;
    let hash = hashAdd(hashAdd(hashUint64(BigInt(cookie)), 0), key);
    const octets = fromBigInt(address, 16);
    for (let at = 0; at < 16; at += 4) hash = hashAdd(hash, new DataView(octets.buffer).getUint32(at, true));
    const text = ip.family === 4 ? formatIpv4(ip.value) : formatIpv6(ip.value);
    table.insert(
      `cookie: 0x${cookie.toString(16).padStart(8, '0')}, datapath-key: ${key}, port-key: 0, ip: ${text}, mac: ${row.mac}\n`,
      hashFinish(hash, 24),
    );
  }
  return `Local MAC bindings:\n${[...table.values()].join('')}`;
};

export const conjunctionIds: Dump = ({ controller: { cache } }) => {
  const table = new HashOrder<string>();
  let total = 0;
  for (const { flow, datapath, first, count, wanted } of cache.ranges()) {
    total += count;
    const mark = first === wanted ? '' : ' (*)';
    table.insert(`lflow: ${flow}, dp: ${datapath}, start: ${first}, n: ${count}${mark}\n`, wanted);
  }
  return `Conjunction IDs allocations:\n${[...table.values()].join('')}---\nTotal ${total} IDs used.\n`;
};
