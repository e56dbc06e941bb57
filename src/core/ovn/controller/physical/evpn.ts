/** Flows of logical switches that EVPN stretches: tables 0, 45, 66, 67, 87 and 88. */
import { formatMac, parseIpv4, parseIpv6 } from '../../../base/address.ts';
import { uuidWord } from '../../../base/uuid.ts';
import { FIELDS, registerField, type Field } from '../../../flow/index.ts';
import type { LearnAct, OfpAct } from '../../../ofproto/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { LOG_FIELDS } from '../../expr/index.ts';
import type { EvpnAddress, EvpnBinding, EvpnGroup, EvpnHost } from '../evpn/evpn-tables.ts';
import { ipText } from '../evpn/neighbour-exchange.ts';
import { addNeighbour, PRIORITY } from '../neighbour-flows.ts';
import { isSwitch } from '../southbound-index.ts';
import { flag, REGISTER } from '../logical-registers.table.ts';
import {
  forgetInPort,
  load,
  loadRegister,
  matchDatapath,
  matchFlags,
  matchInport,
  matchOf,
  matchOutport,
  output,
  resubmit,
} from './flow-builder.ts';
import type { PhysicalContext } from './physical-context.ts';

/** Keys of the groups of a switch whose frames remote VTEPs get: flood, unknown and flood_l2. */
const FLOODED = [0x8000, 0x8001, 0x8004];

/** This end of the tunnels of a VNI (`ovn-evpn-local-ip`: `IP` or `VNI-IP`, several by commas). */
function localAddress(context: PhysicalContext, vni: number, family: 4 | 6): bigint | undefined {
  const parse = (text: string): bigint | undefined => {
    const address = family === 4 ? parseIpv4(text) : parseIpv6(text);
    return address === undefined ? undefined : BigInt(address);
  };
  let usual: bigint | undefined;
  for (const word of (context.chassis.other_config.get('ovn-evpn-local-ip') ?? '').split(',')) {
    const [first = '', second, more] = word.split('-');
    if (more !== undefined) break;
    if (second === undefined) usual ??= parse(first);
    else if (first === String(vni)) {
      const own = parse(second);
      if (own !== undefined) return own;
    }
  }
  return usual;
}

const tunnelFields = (family: 4 | 6): { readonly source: Field; readonly destination: Field } =>
  family === 4
    ? { source: FIELDS.tun_src, destination: FIELDS.tun_dst }
    : { source: FIELDS.tun_ipv6_src, destination: FIELDS.tun_ipv6_dst };

const whole = (field: Field) => ({ field, offset: 0, length: field.bits });

/** Remembers behind which VTEP the sender of a frame is, in the form of `addHost`'s flows. */
const learnHost = ({ id, ageThreshold }: EvpnBinding): LearnAct => ({
  kind: 'learn',
  table: OFTABLE.getRemoteFdb,
  idleTimeout: 0,
  hardTimeout: ageThreshold,
  priority: 150,
  cookie: BigInt(uuidWord(id)),
  finIdleTimeout: 0,
  finHardTimeout: 0,
  sendFlowRemoved: false,
  deleteLearned: true,
  limit: 0,
  result: null,
  specs: [
    {
      kind: 'match',
      source: { kind: 'field', subfield: whole(FIELDS.metadata) },
      destination: whole(FIELDS.metadata),
    },
    {
      kind: 'match',
      source: { kind: 'field', subfield: whole(FIELDS.eth_src) },
      destination: whole(FIELDS.eth_dst),
    },
    {
      kind: 'load',
      source: { kind: 'field', subfield: whole(registerField(REGISTER.inport)) },
      destination: whole(LOG_FIELDS.remoteOutport),
    },
  ],
});

function addBinding(context: PhysicalContext, binding: EvpnBinding): void {
  const { sink } = context;
  const { ip, vni, key, ofport, datapathKey, id } = binding;
  const local = localAddress(context, vni, ip.family);
  if (local === undefined) return;
  const { source, destination } = tunnelFields(ip.family);
  sink.add(
    OFTABLE.phyToLog,
    1050,
    matchOf([FIELDS.in_port, ofport], [FIELDS.tun_id, vni], [source, ip.address], [destination, local]),
    [
      load(FIELDS.metadata, datapathKey, 0, 32),
      loadRegister(REGISTER.inport, key),
      resubmit(OFTABLE.learnRemoteFdb),
      resubmit(OFTABLE.ingress),
    ],
    id,
  );
  const to = [matchOutport(key), matchDatapath(datapathKey)] as const;
  const into = [load(source, local), load(destination, ip.address), load(FIELDS.tun_id, vni, 0, 24)];
  sink.add(OFTABLE.remoteVtepOutput, 50, matchOf(...to), [...into, output(ofport)], id);
  const loops = flag('allowLoopback');
  sink.add(
    OFTABLE.remoteVtepOutput,
    55,
    matchOf(...to, matchFlags(loops, loops)),
    [...into, forgetInPort, output(ofport)],
    id,
  );
  sink.add(
    OFTABLE.learnRemoteFdb,
    100,
    matchOf(matchDatapath(datapathKey), matchInport(key)),
    [learnHost(binding)],
    id,
  );
}

/** Copies for each VTEP of one family, then what stays here. */
function copies(group: EvpnGroup, family: 4 | 6, local: bigint): OfpAct[] {
  const { source, destination } = tunnelFields(family);
  return [
    load(source, local),
    ...group.bindings
      .filter(({ ip }) => ip.family === family)
      .flatMap(({ ip, ofport }) => [load(destination, ip.address), output(ofport)]),
    resubmit(OFTABLE.localOutput),
  ];
}

function addGroup(context: PhysicalContext, group: EvpnGroup): void {
  const [first] = group.bindings;
  if (first === undefined) return;
  const local4 = localAddress(context, group.vni, 4);
  const local6 = localAddress(context, group.vni, 6);
  const acts: OfpAct[] = [load(FIELDS.tun_id, group.vni, 0, 24)];
  if (local4 !== undefined) acts.push(...copies(group, 4, local4));
  // The addresses of one family must not stay when those of the other are set.
  if (local4 !== undefined && local6 !== undefined)
    acts.push(load(FIELDS.tun_src, 0), load(FIELDS.tun_dst, 0));
  if (local6 !== undefined) acts.push(...copies(group, 6, local6));
  for (const key of FLOODED)
    context.sink.add(
      OFTABLE.remoteVtepOutput,
      50,
      matchOf(matchOutport(key), matchDatapath(first.datapathKey)),
      acts,
      group.id,
    );
}

function addHost({ sink }: PhysicalContext, { id, mac, bindingKey, datapathKey }: EvpnHost): void {
  const on = matchDatapath(datapathKey);
  sink.add(
    OFTABLE.getRemoteFdb,
    150,
    matchOf(on, [FIELDS.eth_dst, mac]),
    [load(LOG_FIELDS.remoteOutport, bindingKey)],
    id,
  );
  // What is known for certain is not learned from frames.
  sink.add(OFTABLE.learnRemoteFdb, 150, matchOf(on, matchInport(bindingKey), [FIELDS.eth_src, mac]), [], id);
}

/** The routers that are joined to the switch find the address without asking. */
function addAddress(context: PhysicalContext, { id, mac, ip, datapath, prefersLocal }: EvpnAddress): void {
  for (const { remote } of context.datapaths.get(datapath)?.peers ?? []) {
    const router = context.datapaths.get(remote.datapath)?.datapath;
    if (router === undefined || isSwitch(router)) continue;
    addNeighbour(context, {
      row: id,
      logicalPort: remote.logical_port,
      ip: ipText(ip),
      mac: formatMac(mac),
      priority: prefersLocal ? PRIORITY.evpnLow : PRIORITY.evpnHigh,
      tracked: false,
    });
  }
}

export function addEvpn(context: PhysicalContext): void {
  const { bindings, groups, hosts, addresses } = context.evpn;
  for (const binding of bindings) addBinding(context, binding);
  for (const group of groups) addGroup(context, group);
  for (const host of hosts) addHost(context, host);
  for (const address of addresses) addAddress(context, address);
}
