/** Ports that are on this chassis, as OVN 20.12 has them: into the pipeline, the loopback check, and out. */
import { parseMac } from '../../../base/address.ts';
import { FIELDS } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import type { ZoneIds } from '../ct-zones.ts';
import { flag, FLAG_BIT, LOGICAL_REGISTERS, REGISTER } from '../logical-registers.table.ts';
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
  popInPort,
  pushInPort,
  resubmit,
} from '../physical/flow-builder.ts';
import { popVlan, type LocalAttachment } from '../physical/local-port.ts';
import type { PhysicalContext, PhysicalPort } from '../physical/physical-context.ts';
import { portByName } from '../southbound-index.ts';
import { TABLES_20_12 as TABLE } from './tables-20-12.table.ts';

/** The id that stands for "from another chassis's MAC, at this localnet port". */
const CHASSIS_MAC = 100;

export const clauseOfChassisMac = (clause: 0 | 1): OfpAct => ({
  kind: 'conjunction',
  id: CHASSIS_MAC,
  clause,
  clauses: 2,
});

const loadZones = ({ ct, dnat, snat }: ZoneIds): OfpAct[] =>
  (
    [
      [REGISTER.ctZone, ct],
      [REGISTER.dnatZone, dnat],
      [REGISTER.snatZone, snat],
    ] as const
  ).flatMap(([register, zone]) => (zone === 0 ? [] : [loadRegister(register, zone)]));

const enterPipeline = (port: PhysicalPort): OfpAct[] => [
  ...loadZones(port.zones),
  load(FIELDS.metadata, port.datapathKey),
  loadRegister(REGISTER.inport, port.portKey),
];

/** Local output, the loopback check and the saved input port. */
function addDelivery({ sink }: PhysicalContext, port: PhysicalPort, parent?: PhysicalPort): void {
  const to = [matchOutport(port.portKey), matchDatapath(port.datapathKey)] as const;
  sink.add(TABLE.localOutput, 100, matchOf(...to), [...loadZones(port.zones), resubmit(TABLE.checkLoopback)]);
  const back = [...to, matchInport(port.portKey), matchFlags(0, flag('allowLoopback'))] as const;
  sink.add(TABLE.checkLoopback, 100, matchOf(...back), []);
  const hairpin = [pushInPort, forgetInPort, resubmit(TABLE.logToPhy), popInPort];
  const allowed = matchFlags(flag('allowLoopback'), flag('allowLoopback'));
  sink.add(TABLE.saveInport, 100, parent ? matchOf(...to) : matchOf(...to, allowed), hairpin);
  if (!parent) return;
  const nested = matchFlags(flag('nestedContainer'), flag('nestedContainer'));
  sink.add(
    TABLE.saveInport,
    100,
    matchOf(matchOutport(parent.portKey), matchDatapath(port.datapathKey), nested),
    hairpin,
  );
}

/** A tag put on a frame that has none, or over the one that it has. */
const setVlan = (tag: number): OfpAct => ({ kind: 'set_vlan_vid', vid: tag, pushIfNeeded: true });

function addInput({ sink }: PhysicalContext, port: PhysicalPort, attachment: LocalAttachment): void {
  const { ofport, tag, parent } = attachment;
  const { type, _uuid: row } = port.row;
  const provider = type === 'localnet' || type === 'l2gateway';
  const inPort = [FIELDS.in_port, ofport] as const;
  const enter = [...enterPipeline(port), resubmit(TABLE.ingress)];
  const nested = parent ? [loadRegister(REGISTER.flags, 1, FLAG_BIT.nestedContainer, 1)] : [];
  if (tag === 0 && !provider) {
    sink.add(TABLE.phyToLog, 100, matchOf(inPort), enter, row);
    return;
  }
  const tagged = matchOf(inPort, [FIELDS.vlan_vid, tag | 0x1000]);
  sink.add(TABLE.phyToLog, tag === 0 ? 100 : 150, tagged, [...nested, popVlan, ...enter], row);
  if (tag === 0) sink.add(TABLE.phyToLog, 100, matchOf(inPort, [FIELDS.vlan_tci, 0, 0x1000]), enter, row);
}

const routerMac = (port: SbRow<'Port_Binding'>): bigint | undefined =>
  parseMac(port.mac[0]?.split(' ')[0] ?? '');

/** Routed frames of other chassis get the router port's MAC back; the second clause names no port in this release. */
function addMacRestored(context: PhysicalContext, port: PhysicalPort, attachment: LocalAttachment): void {
  const { ofport, tag } = attachment;
  const vlan =
    tag === 0 ? ([FIELDS.vlan_tci, 0, 0x1000] as const) : ([FIELDS.vlan_vid, tag | 0x1000] as const);
  for (const { remote } of port.local.peers) {
    const mac = routerMac(remote);
    if (mac === undefined) return;
    const match = matchOf([FIELDS.in_port, ofport], [FIELDS.conj_id, CHASSIS_MAC], vlan);
    const acts = [
      ...(tag === 0 ? [] : [popVlan]),
      ...enterPipeline(port),
      load(FIELDS.eth_src, mac),
      resubmit(TABLE.ingress),
    ];
    context.sink.add(TABLE.phyToLog, 180, match, acts, remote._uuid);
    context.sink.add(TABLE.phyToLog, 180, matchOf(vlan), [clauseOfChassisMac(1)], remote._uuid);
  }
}

/** A port with an OpenFlow port here: a VIF, a container behind one, or a patch to a provider bridge. */
export function addLocalPort(
  context: PhysicalContext,
  port: PhysicalPort,
  attachment: LocalAttachment,
): void {
  const { ofport, tag, parent } = attachment;
  const { sink } = context;
  addDelivery(context, port, parent);
  addInput(context, port, attachment);
  if (port.row.type === 'localnet') addMacRestored(context, port, attachment);
  const to = [matchOutport(port.portKey), matchDatapath(port.datapathKey)] as const;
  const out = tag === 0 ? [output(ofport)] : [setVlan(tag), output(ofport), popVlan];
  sink.add(TABLE.logToPhy, 100, matchOf(...to), out, port.row._uuid);
  if (port.row.type !== 'localport') return;
  const from = matchOf(matchInport(port.portKey), matchDatapath(port.datapathKey));
  sink.add(TABLE.remoteOutput, 150, from, [resubmit(TABLE.localOutput)], port.row._uuid);
}

/** A patch port: the packet, cloned and with a clean slate, enters the peer's ingress pipeline. */
export function addPatchPort(context: PhysicalContext, port: PhysicalPort, peer: PhysicalPort): void {
  addDelivery(context, port);
  const cleared = [REGISTER.dnatZone, REGISTER.snatZone, REGISTER.ctZone];
  const actions: OfpAct[] = [
    { kind: 'ct_clear' },
    ...cleared.map((register) => loadRegister(register, 0)),
    ...enterPipeline(peer),
    loadRegister(REGISTER.flags, 0),
    loadRegister(REGISTER.outport, 0),
    ...Array.from({ length: LOGICAL_REGISTERS }, (_, register) => loadRegister(register, 0)),
    resubmit(TABLE.ingress),
  ];
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  context.sink.add(TABLE.logToPhy, 100, to, [{ kind: 'clone', actions }], port.row._uuid);
}

/** A chassis-redirect port that is served here stands for the distributed port. */
export function addRedirectPort(context: PhysicalContext, port: PhysicalPort): void {
  const name = port.row.options.get('distributed-port') ?? '';
  const distributed = portByName(context.sb, name);
  const own = distributed?.datapath === port.row.datapath ? distributed : undefined;
  const acts = own
    ? [
        loadRegister(REGISTER.outport, own.tunnel_key),
        ...loadZones({ ...port.zones, ct: context.zones.get(name) ?? 0 }),
        resubmit(TABLE.checkLoopback),
      ]
    : [];
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  context.sink.add(TABLE.localOutput, 100, to, acts, port.row._uuid);
}
