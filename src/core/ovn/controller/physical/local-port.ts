/** Ports that are on this chassis: from the OpenFlow port into the pipeline, and from the pipeline out to it. */
import { parseMac } from '../../../base/address.ts';
import { FIELDS, registerField, type OfPort } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { portsOf } from '../southbound-index.ts';
import { flag, FLAG_BIT, REGISTER } from '../logical-registers.table.ts';
import {
  forgetInPort,
  load,
  loadRegister,
  loadZones,
  matchDatapath,
  matchFlags,
  matchInport,
  matchOf,
  matchOutport,
  output,
  popInPort,
  pushInPort,
  resubmit,
  setWhole,
} from './flow-builder.ts';
import { addNetworkFunctionEgress, isNetworkFunction } from './network-function.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';

/** Registers that logical flows have for themselves. */
const LOGICAL_REGISTERS = 10;

/** Zones, datapath, input port and encap id: what a packet is given when it enters the pipeline at a port. */
export function loadIngressMetadata(
  context: PhysicalContext,
  port: PhysicalPort,
  withEncap: boolean,
): OfpAct[] {
  const ip = port.row.encap === null ? undefined : context.sb.get('Encap', port.row.encap)?.ip;
  const encap = Math.max(0, ip === undefined ? 0 : context.encapIps.indexOf(ip));
  return [
    ...loadZones(port.zones),
    load(FIELDS.metadata, port.datapathKey),
    loadRegister(REGISTER.inport, port.portKey),
    ...(withEncap ? [loadRegister(REGISTER.encapId, encap, 16, 16)] : []),
  ];
}

/** Local output, the loopback check and the saved input port: the same for every port that is delivered here. */
function addLocalDelivery(context: PhysicalContext, port: PhysicalPort, parent?: PhysicalPort): void {
  const { sink } = context;
  const row = port.row._uuid;
  const to = [matchOutport(port.portKey), matchDatapath(port.datapathKey)] as const;
  sink.add(
    OFTABLE.localOutput,
    100,
    matchOf(...to),
    [...loadZones(port.zones), resubmit(OFTABLE.checkLoopback)],
    row,
  );
  sink.add(
    OFTABLE.checkLoopback,
    100,
    matchOf(...to, matchInport(port.portKey), matchFlags(0, flag('allowLoopback'))),
    [],
    row,
  );
  if (isNetworkFunction(port.row)) addNetworkFunctionEgress(context, port);
  const hairpin = [pushInPort, forgetInPort, resubmit(OFTABLE.logToPhy), popInPort];
  if (!parent) {
    sink.add(
      OFTABLE.saveInport,
      100,
      matchOf(...to, matchFlags(flag('allowLoopback'), flag('allowLoopback'))),
      hairpin,
      row,
    );
    return;
  }
  sink.add(OFTABLE.saveInport, 100, matchOf(...to), hairpin, row);
  const nested = matchOf(
    matchOutport(parent.portKey),
    matchDatapath(port.datapathKey),
    matchFlags(flag('nestedContainer'), flag('nestedContainer')),
  );
  sink.add(OFTABLE.saveInport, 100, nested, hairpin, parent.row._uuid);
}

/** Where a local port is: its OpenFlow port, the VLAN tag it has there, and the parent of a nested one. */
export interface LocalAttachment {
  readonly ofport: OfPort;
  readonly tag: number;
  readonly parent: PhysicalPort | undefined;
}

export const popVlan: OfpAct = { kind: 'strip_vlan', legacy: false };

/** `ethtype` is the localnet port's option: 802.1Q unless it says 802.1ad. */
export const pushVlan = (tag: number, ethtype: string | undefined): OfpAct[] => [
  { kind: 'push_vlan', ethertype: /^802\.1?1ad$/i.test(ethtype ?? '') ? 0x88a8 : 0x8100 },
  setWhole(FIELDS.vlan_vid, tag | 0x1000),
];

/** Table 0: tagged frames lose their tag at priority 150; a provider network's untagged ones need no header at all. */
function addInput(
  context: PhysicalContext,
  port: PhysicalPort,
  { ofport, tag, parent }: LocalAttachment,
): void {
  const { sink } = context;
  const { type, options, _uuid: row } = port.row;
  const provider = type === 'localnet' || type === 'l2gateway';
  const strips = (tag !== 0 || provider) && (tag !== 0 || options.get('vlan-passthru') !== 'true');
  const enter = [
    ...loadIngressMetadata(context, port, true),
    ...(type === 'localport' ? [loadRegister(REGISTER.flags, 1, FLAG_BIT.localport, 1)] : []),
    resubmit(OFTABLE.ingress),
  ];
  const inPort = [FIELDS.in_port, ofport] as const;
  const nested =
    parent && (tag !== 0 || provider) ? [loadRegister(REGISTER.flags, 1, FLAG_BIT.nestedContainer, 1)] : [];
  const match = strips ? matchOf(inPort, [FIELDS.vlan_vid, tag | 0x1000]) : matchOf(inPort);
  sink.add(
    OFTABLE.phyToLog,
    tag === 0 ? 100 : 150,
    match,
    [...nested, ...(strips ? [popVlan] : []), ...enter],
    row,
  );
  if (tag === 0 && provider)
    sink.add(OFTABLE.phyToLog, 100, matchOf(inPort, [FIELDS.vlan_tci, 0, 0x1000]), enter, row);
}

function addOutput(context: PhysicalContext, port: PhysicalPort, { ofport, tag }: LocalAttachment): void {
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  const acts =
    tag === 0
      ? [output(ofport)]
      : [...pushVlan(tag, port.local.localnet?.options.get('ethtype')), output(ofport), popVlan];
  context.sink.add(OFTABLE.logToPhy, 100, to, acts, port.row._uuid);
}

/** What a localnet port must not let out: frames of local ports, and frames that are meant for this chassis only. */
function addLocalnetGuards(context: PhysicalContext, port: PhysicalPort): void {
  const to = [matchOutport(port.portKey), matchDatapath(port.datapathKey)] as const;
  const row = port.row._uuid;
  const add = (value: number, mask: number): void =>
    context.sink.add(OFTABLE.checkLoopback, 160, matchOf(...to, matchFlags(value, mask)), [], row);
  add(flag('localport'), flag('localport'));
  add(flag('localOnly'), flag('localOnly') | flag('overrideLocalOnly'));
  // What a local port sends to an external port that is served here does go out.
  const leave = [
    ...Array.from({ length: LOGICAL_REGISTERS }, (_, register) => loadRegister(register, 0)),
    resubmit(OFTABLE.egress),
  ];
  const { sb, chassis, sink } = context;
  for (const external of portsOf(sb, port.row.datapath)) {
    if (external.type !== 'external' || external.chassis !== chassis._uuid) continue;
    for (const text of external.mac) {
      const mac = parseMac(text.split(' ', 1)[0] ?? '');
      if (mac === undefined) continue;
      const toExternal = matchOf(...to, matchFlags(flag('localport'), flag('localport')), [
        FIELDS.eth_dst,
        mac,
      ]);
      sink.add(OFTABLE.checkLoopback, 170, toExternal, leave, row);
    }
  }
}

export function addLocalPort(
  context: PhysicalContext,
  port: PhysicalPort,
  attachment: LocalAttachment,
): void {
  addLocalDelivery(context, port, attachment.parent);
  addInput(context, port, attachment);
  addOutput(context, port, attachment);
  if (port.row.type === 'localnet') addLocalnetGuards(context, port);
  if (port.row.type === 'localport')
    context.sink.add(
      OFTABLE.remoteOutput,
      150,
      matchOf(matchInport(port.portKey), matchDatapath(port.datapathKey)),
      [resubmit(OFTABLE.localOutput)],
      port.row._uuid,
    );
}

/** Table 80: the zones of a VIF's port, for ICMP errors that the local kernel made. */
export function addZoneLookup(context: PhysicalContext, port: PhysicalPort): void {
  const from = matchOf(matchInport(port.portKey), matchDatapath(port.datapathKey));
  context.sink.add(
    OFTABLE.ctZoneLookup,
    100,
    from,
    [...loadZones(port.zones), resubmit(OFTABLE.ingress)],
    port.row._uuid,
  );
}

/** Patch ports join two datapaths: the packet, cloned and with a clean slate, enters the peer's ingress pipeline. */
export function addPatchPort(context: PhysicalContext, port: PhysicalPort, peer: PhysicalPort): void {
  addLocalDelivery(context, port);
  const cross: OfpAct = {
    kind: 'clone',
    actions: [
      { kind: 'ct_clear' },
      loadRegister(REGISTER.dnatZone, 0),
      loadRegister(REGISTER.snatZone, 0),
      load(registerField(REGISTER.ctZone), 0, 0, 16),
      ...loadIngressMetadata(context, peer, false),
      loadRegister(REGISTER.flags, 0),
      loadRegister(REGISTER.outport, 0),
      ...Array.from({ length: LOGICAL_REGISTERS }, (_, register) => loadRegister(register, 0)),
      resubmit(OFTABLE.ingress),
    ],
  };
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  context.sink.add(OFTABLE.logToPhy, 100, to, [cross], port.row._uuid);
}

/** A chassis-redirect port that is served here stands for the distributed port. */
export function addRedirectPort(
  context: PhysicalContext,
  port: PhysicalPort,
  distributed: PhysicalPort | undefined,
): void {
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  const acts =
    distributed && distributed.row.datapath === port.row.datapath
      ? [
          loadRegister(REGISTER.outport, distributed.portKey),
          ...loadZones(distributed.zones),
          forgetInPort,
          resubmit(OFTABLE.checkLoopback),
        ]
      : [];
  context.sink.add(OFTABLE.localOutput, 100, to, acts, port.row._uuid);
}
