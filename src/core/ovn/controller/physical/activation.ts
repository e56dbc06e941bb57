/**
 * A port that waits on an additional chassis: silent both ways until its guest announces itself there
 * (ovn-nb(5), `options:activation-strategy`).
 */
import { linkLocalOf, parseMac } from '../../../base/address.ts';
import { FIELDS, type Match, type OfPort } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { OctetWriter, OFTABLE, OPCODE } from '../../actions/index.ts';
import { parsePortAddresses } from '../../northd/index.ts';
import { matchDatapath, matchOf, matchOutport, resubmit } from './flow-builder.ts';
import { loadIngressMetadata } from './local-port.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';

const PRIORITY = { announce: 1010, block: 1000 } as const;
const RARP = 0x8035;
const NEIGHBOR_ADVERTISEMENT = 136;

const TO_CONTROLLER: OfpAct = {
  kind: 'controller',
  maxLen: 0xffff,
  controllerId: 0,
  reason: 'action',
  pause: false,
  userdata: new OctetWriter().u32(OPCODE.activation_strategy).zeros(4).octets(),
  meter: 0,
};

/** Whether the port waits on this chassis: an additional one, with a strategy, and not activated yet. */
function strategies(context: PhysicalContext, { row }: PhysicalPort): ReadonlySet<string> {
  const { chassis } = context;
  const activated = row.options.get('additional-chassis-activated')?.split(',') ?? [];
  if (!row.additional_chassis.includes(chassis._uuid) || activated.includes(chassis.name)) return new Set();
  return new Set(
    (row.options.get('activation-strategy') ?? '')
      .split(',')
      .filter((name) => name === 'rarp' || name === 'garp' || name === 'na'),
  );
}

/** The announcements that wake the port up. */
function announcements(wanted: ReadonlySet<string>, ofport: OfPort, address: string): Match[] {
  const addresses = parsePortAddresses(address);
  const mac = addresses && parseMac(addresses.mac);
  if (!addresses || mac === undefined) return [];
  const inPort = [FIELDS.in_port, ofport] as const;
  const matches: Match[] = [];
  if (wanted.has('rarp')) matches.push(matchOf(inPort, [FIELDS.eth_type, RARP]));
  if (wanted.has('garp'))
    for (const { address: ip } of addresses.v4)
      matches.push(
        matchOf(
          inPort,
          [FIELDS.eth_type, 0x0806],
          [FIELDS.eth_src, mac],
          [FIELDS.arp_spa, ip],
          [FIELDS.arp_tpa, ip],
          [FIELDS.arp_sha, mac],
        ),
      );
  const own = addresses.v6.map((one) => one.address);
  if (wanted.has('na') && own.length > 0)
    for (const ip of [linkLocalOf(mac), ...own])
      matches.push(
        matchOf(
          inPort,
          [FIELDS.eth_type, 0x86dd],
          [FIELDS.nw_proto, 58],
          [FIELDS.icmpv6_type, NEIGHBOR_ADVERTISEMENT],
          [FIELDS.icmpv6_code, 0],
          [FIELDS.ipv6_src, ip],
          [FIELDS.nd_target, ip],
          [FIELDS.nd_tll, mac],
        ),
      );
  return matches;
}

export function addActivation(context: PhysicalContext, port: PhysicalPort, ofport: OfPort): void {
  const wanted = strategies(context, port);
  if (wanted.size === 0 || port.row.mac.every((address) => parsePortAddresses(address) === undefined)) return;
  const { sink } = context;
  const row = port.row._uuid;
  const enter = [...loadIngressMetadata(context, port, true), TO_CONTROLLER, resubmit(OFTABLE.ingress)];
  for (const address of port.row.mac)
    for (const match of announcements(wanted, ofport, address))
      sink.add(OFTABLE.phyToLog, PRIORITY.announce, match, enter, row);
  sink.add(OFTABLE.phyToLog, PRIORITY.block, matchOf([FIELDS.in_port, ofport]), [], row);
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  sink.add(OFTABLE.logToPhy, PRIORITY.block, to, [], row);
}
