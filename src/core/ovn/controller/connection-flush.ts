/**
 * Connections that go with what they went through: those of a conntrack zone that changes hands, those that a symmetric
 * route bound to a next hop which is gone, and those of a load balancer with `ct_flush` to a backend that it gave up.
 */
import { parseMac } from '../../base/address.ts';
import type { ChassisState } from './chassis-state.ts';
import type { CtZones } from './ct-zones.ts';
import { readVips, type Endpoint } from './load-balancer-vip.ts';
import { natZone } from './nat-zone.ts';
import { fillTemplates, templateValues } from './template-values.ts';

/** What has to go: all connections that fit what is given. */
export interface ConnectionPattern {
  readonly zone?: number;
  /** The label under a mask. */
  readonly label?: { readonly value: bigint; readonly mask: bigint };
  /** 0: any. */
  readonly protocol?: number;
  /** Where the connection was going, port 0 for any, and who answers. */
  readonly ends?: { readonly vip: Endpoint; readonly backend: Endpoint };
}

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', 6],
  ['udp', 17],
  ['sctp', 132],
]);
/** Where a symmetric route keeps the MAC address of the next hop: `ct_label.ecmp_reply_eth`. */
const NEXT_HOP_BIT = 32n;
const NEXT_HOP_MASK = 0xffff_ffff_ffffn << NEXT_HOP_BIT;

const nextHops = ({ sb, datapaths, zones, release }: ChassisState): [string, ConnectionPattern][] =>
  [...sb.rows('ECMP_Nexthop')].flatMap(({ nexthop, mac, datapath }): [string, ConnectionPattern][] => {
    const local = datapaths.get(datapath);
    const address = parseMac(mac);
    const name = local && natZone(local.datapath, 'dnat', release.zoneName);
    const zone = name === undefined ? undefined : zones.get(name);
    if (address === undefined || zone === undefined) return [];
    const label = { value: address << NEXT_HOP_BIT, mask: NEXT_HOP_MASK };
    return [[`next hop ${nexthop} ${mac} ${zone}`, { zone, label }]];
  });

const textOf = ({ address, port }: Endpoint): string => `${address}/${port}`;

function backends({ sb, chassis }: ChassisState): [string, ConnectionPattern][] {
  const values = templateValues(sb, chassis.name);
  return [...sb.rows('Load_Balancer')]
    .filter(({ options }) => options.get('ct_flush') === 'true')
    .flatMap(({ vips, protocol }) =>
      readVips(vips, (text) => fillTemplates(text, values)).flatMap(({ vip, backends: all }) =>
        all.map((backend): [string, ConnectionPattern] => {
          const number = vip.port === 0 ? 0 : (PROTOCOLS.get(protocol ?? 'tcp') ?? 0);
          const name = `backend ${number} ${textOf(vip)} ${textOf(backend)}`;
          return [name, { protocol: number, ends: { vip, backend } }];
        }),
      ),
    );
}

/** Numbers of zones that somebody lost or got. */
export function changedZones(before: CtZones, now: CtZones): readonly number[] {
  const lost = [...before].filter(([name, zone]) => now.get(name) !== zone);
  const got = [...now].filter(([name, zone]) => before.get(name) !== zone);
  return [...new Set([...lost, ...got].map(([, zone]) => zone))];
}

export class ConnectionFlush {
  #known: ReadonlyMap<string, ConnectionPattern> = new Map();

  /** What was there at the last pass and is not any more. */
  run(state: ChassisState): readonly ConnectionPattern[] {
    const now = new Map([...nextHops(state), ...backends(state)]);
    const gone = [...this.#known].flatMap(([name, pattern]) => (now.has(name) ? [] : [pattern]));
    this.#known = now;
    return gone;
  }
}
