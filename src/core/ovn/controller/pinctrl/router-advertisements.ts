/** Router advertisements that a logical router sends by itself, as often as `ipv6_ra_configs` asks (RFC 4861 6.2.4). */
import { parseIpv6, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { encodeIcmpv6, IP_PROTOCOL } from '../../../wire/index.ts';
import { OctetWriter, OFTABLE } from '../../actions/index.ts';
import { encodeDnssl } from '../../actions/domain-text.ts';
import { encodeRouteInfo } from '../../actions/route-info.ts';
import { LOG_FLAG } from '../../expr/log-fields.table.ts';
import { parseIpAddresses } from '../../northd/index.ts';
import { peerOf } from '../southbound-index.ts';
import { originate, type Answering } from './answer.ts';
import { composeIp } from './compose.ts';
import { intoPipeline } from './inject.ts';

const SECOND = 1_000_000_000;
const MILLISECOND = 1_000_000;
const MAX_INTERVAL = 600;
const ALL_NODES = (0xff02n << 112n) | 1n;
const ALL_NODES_MAC = 0x3333_0000_0001n;
const LIFETIME = 0xffff;
const INFINITE = 0xffff_ffff;
const MODES: Readonly<Record<string, { readonly message: number; readonly prefix: number }>> = {
  slaac: { message: 0, prefix: 0x40 },
  dhcpv6_stateless: { message: 0x40, prefix: 0x40 },
  dhcpv6_stateful: { message: 0x80, prefix: 0 },
};
const ON_LINK = 0x80;
const PREFERENCES: Readonly<Record<string, number>> = { HIGH: 0x08, LOW: 0x18 };
const TYPE = { advertisement: 134, sourceLinkAddress: 1, prefix: 3, mtu: 5, rdnss: 25, dnssl: 31 } as const;
const MAX_DNSSL = 255;
/** Types of ports whose advertisements reach the other chassis as well. */
const CENTRALIZED: ReadonlySet<string> = new Set(['l2gateway', 'l3gateway', 'chassisredirect']);

interface Advertiser {
  port: SbRow<'Port_Binding'>;
  min: number;
  max: number;
  cancel: () => void;
}

const integer = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? Number.NaN);
  return Number.isInteger(value) ? value : otherwise;
};

/** Seconds between two advertisements, least and most. */
function intervals({ options }: SbRow<'Port_Binding'>): { readonly min: number; readonly max: number } {
  const max = integer(options.get('ipv6_ra_max_interval'), MAX_INTERVAL);
  const shortest = max >= 9 ? Math.floor(max / 3) : Math.floor((max * 3) / 4);
  return { max, min: integer(options.get('ipv6_ra_min_interval'), shortest) };
}

/** The frame, or undefined when the port's options are wrong. */
function advertisementOf(options: ReadonlyMap<string, string>): Uint8Array | undefined {
  const mode = MODES[options.get('ipv6_ra_address_mode') ?? ''];
  const source = parseMac(options.get('ipv6_ra_src_eth') ?? '');
  const from = parseIpv6(options.get('ipv6_ra_src_addr') ?? '');
  const rdnssText = options.get('ipv6_ra_rdnss');
  const rdnss = rdnssText === undefined ? undefined : parseIpv6(rdnssText);
  const prefixText = options.get('ipv6_ra_prefixes') ?? '';
  const prefixes = prefixText === '' ? [] : parseIpAddresses(prefixText)?.v6;
  if (!mode || source === undefined || from === undefined || !prefixes) return undefined;
  if (rdnssText !== undefined && rdnss === undefined) return undefined;
  const flags = mode.message | (PREFERENCES[options.get('ipv6_ra_prf') ?? ''] ?? 0);
  const body = new OctetWriter().u8(255).u8(flags).u16(LIFETIME).u32(0).u32(0);
  body.u8(TYPE.sourceLinkAddress).u8(1).uint(source, 6);
  const mtu = integer(options.get('ipv6_ra_mtu'), 0);
  if (mtu !== 0) body.u8(TYPE.mtu).u8(1).u16(0).u32(mtu);
  for (const { prefix, address } of prefixes) {
    body
      .u8(TYPE.prefix)
      .u8(4)
      .u8(prefix)
      .u8(ON_LINK | mode.prefix);
    body.u32(INFINITE).u32(INFINITE).u32(0).uint(address, 16);
  }
  if (rdnss !== undefined) body.u8(TYPE.rdnss).u8(3).u16(0).u32(INFINITE).uint(rdnss, 16);
  const names = encodeDnssl(options.get('ipv6_ra_dnssl') ?? '', MAX_DNSSL);
  if (names && names.length > 0)
    body
      .u8(TYPE.dnssl)
      .u8(names.length / 8 + 1)
      .u16(0)
      .u32(INFINITE)
      .put(names);
  body.put(encodeRouteInfo(options.get('ipv6_ra_route_info') ?? ''));
  const pseudo = { family: 6, source: from, destination: ALL_NODES } as const;
  return composeIp(
    { source, destination: ALL_NODES_MAC, pseudo },
    IP_PROTOCOL.icmpv6,
    255,
    encodeIcmpv6({ type: TYPE.advertisement, code: 0 }, body.octets(), pseudo),
  );
}

export class RouterAdvertisements {
  private readonly advertisers = new Map<string, Advertiser>();

  run(answering: Answering): void {
    const { state } = answering;
    if (!state) return;
    const wanted = new Map<string, SbRow<'Port_Binding'>>();
    for (const type of ['patch', 'l3gateway', 'chassisredirect'] as const)
      for (const port of state.sb.find('Port_Binding', 'type', type))
        if (port.options.get('ipv6_ra_send_periodic') === 'true' && advertisementOf(port.options))
          wanted.set(port.logical_port, port);
    for (const [name, one] of this.advertisers)
      if (!wanted.has(name)) {
        one.cancel();
        this.advertisers.delete(name);
      }
    for (const [name, port] of wanted) {
      const { min, max } = intervals(port);
      const known = this.advertisers.get(name);
      const advertiser = known ?? { port, min, max, cancel: () => undefined };
      const isSame = known?.min === min && known.max === max;
      Object.assign(advertiser, { port, min, max });
      this.advertisers.set(name, advertiser);
      if (!isSame) this.schedule(answering, advertiser);
    }
  }

  private schedule(answering: Answering, one: Advertiser): void {
    const { random, clock } = answering.context;
    one.cancel();
    const spread = Math.max(1, (one.max - one.min) * 1000);
    const delay = one.min * SECOND + random.below(spread) * MILLISECOND;
    one.cancel = clock.after(delay, () => this.send(answering, one));
  }

  private send(answering: Answering, one: Advertiser): void {
    const { port } = one;
    const sb = answering.state?.sb;
    const peer = sb && peerOf(sb, port);
    const datapath = peer && sb.get('Datapath_Binding', peer.datapath);
    const frame = advertisementOf(port.options);
    if (peer && datapath && frame) {
      const flags: number[] = [LOG_FLAG.localOnly];
      if (CENTRALIZED.has(port.type)) flags.push(LOG_FLAG.overrideLocalOnly);
      const because: RowRef = {
        kind: 'ovsdb',
        database: 'OVN_Southbound',
        host: answering.host,
        table: 'Port_Binding',
        uuid: port._uuid,
        text: port.logical_port,
      };
      const actions = intoPipeline(datapath.tunnel_key, peer.tunnel_key, OFTABLE.ingress, flags);
      originate(answering, null, frame, actions, 'router advertisement', [because]);
    }
    this.schedule(answering, one);
  }
}
