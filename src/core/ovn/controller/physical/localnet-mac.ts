/**
 * Routed frames on a provider network: a distributed router's MAC is replaced by the chassis's own on the way out, and put
 * back on the way in, so that the fabric never sees one MAC at two places (ovn-chassis-mac-mappings).
 */
import { parseMac } from '../../../base/address.ts';
import { FIELDS, type Field } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';

import { portByName } from '../southbound-index.ts';
import { load, matchDatapath, matchOf, matchOutport, output, resubmit } from './flow-builder.ts';
import { loadIngressMetadata, popVlan, pushVlan, type LocalAttachment } from './local-port.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';

/** The conjunction "from another chassis's MAC" and "at this localnet port"; ids below it are not used for anything else. */
const CONJUNCTION = 100;
const PRIORITY = 180;

const conjunction = (clause: 0 | 1): OfpAct => ({ kind: 'conjunction', id: CONJUNCTION, clause, clauses: 2 });

/** `network:MAC` pairs of a chassis; `ovn-chassis-mac-mappings-NAME` counts before the general key. */
function macMappings(chassis: SbRow<'Chassis'>): ReadonlyMap<string, bigint> {
  const key = 'ovn-chassis-mac-mappings';
  const text = chassis.other_config.get(`${key}-${chassis.name}`) ?? chassis.other_config.get(key) ?? '';
  const found = new Map<string, bigint>();
  for (const entry of text.split(',')) {
    const at = entry.indexOf(':');
    const mac = at < 0 ? undefined : parseMac(entry.slice(at + 1));
    if (mac !== undefined) found.set(entry.slice(0, at), mac);
  }
  return found;
}

/** Clause 1: frames from the MACs of the other chassis. */
export function addChassisMacs(context: PhysicalContext): void {
  for (const chassis of context.sb.rows('Chassis')) {
    if (chassis.name === context.chassis.name) continue;
    for (const mac of macMappings(chassis).values())
      context.sink.add(
        OFTABLE.phyToLog,
        PRIORITY,
        matchOf([FIELDS.eth_src, mac]),
        [conjunction(0)],
        chassis._uuid,
      );
  }
}

const routerMac = (port: SbRow<'Port_Binding'>): bigint | undefined =>
  parseMac(port.mac[0]?.split(' ')[0] ?? '');

/** What arrives at a localnet port from another chassis gets the router port's MAC back. */
function addMacRestored(
  context: PhysicalContext,
  port: PhysicalPort,
  { ofport, tag }: LocalAttachment,
): void {
  const at: readonly (readonly [Field, number, number?])[] = [
    [FIELDS.in_port, ofport],
    tag === 0 ? [FIELDS.vlan_tci, 0, 0x1000] : [FIELDS.vlan_vid, tag | 0x1000],
  ];
  for (const { remote } of port.local.peers) {
    const mac = routerMac(remote);
    if (mac === undefined) return;
    const enter = [
      ...(tag === 0 ? [] : [popVlan]),
      ...loadIngressMetadata(context, port, true),
      load(FIELDS.eth_src, mac),
      resubmit(OFTABLE.ingress),
    ];
    context.sink.add(
      OFTABLE.phyToLog,
      PRIORITY,
      matchOf(...at, [FIELDS.conj_id, CONJUNCTION]),
      enter,
      remote._uuid,
    );
    context.sink.add(OFTABLE.phyToLog, PRIORITY, matchOf(...at), [conjunction(1)], remote._uuid);
  }
}

/** What leaves by a localnet port with a router port's MAC gets the chassis's, unless the gateway is here. */
function addMacReplaced(
  context: PhysicalContext,
  port: PhysicalPort,
  { ofport, tag }: LocalAttachment,
): void {
  const chassisMac = macMappings(context.chassis).get(port.row.options.get('network_name') ?? '');
  if (chassisMac === undefined) return;
  for (const { remote } of port.local.peers) {
    const redirect = portByName(context.sb, `cr-${remote.logical_port}`);
    if (redirect && (redirect.chassis === context.chassis._uuid || context.active(redirect.ha_chassis_group)))
      continue;
    const mac = routerMac(remote);
    if (mac === undefined) return;
    const match = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey), [FIELDS.eth_src, mac]);
    const acts = [
      load(FIELDS.eth_src, chassisMac),
      ...(tag === 0 ? [] : pushVlan(tag, port.row.options.get('ethtype'))),
      output(ofport),
      load(FIELDS.eth_src, mac),
      ...(tag === 0 ? [] : [popVlan]),
    ];
    context.sink.add(OFTABLE.logToPhy, 150, match, acts, port.row._uuid);
  }
}

export function addLocalnetMacs(
  context: PhysicalContext,
  port: PhysicalPort,
  attachment: LocalAttachment,
): void {
  addMacRestored(context, port, attachment);
  addMacReplaced(context, port, attachment);
}
