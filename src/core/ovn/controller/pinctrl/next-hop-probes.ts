/**
 * Requests for the next hops of symmetric ECMP routes (ECMP_Nexthop) of the gateway routers of this chassis, at growing
 * intervals and for ever, so that their MAC bindings are known before packets come back.
 */
import { formatIpv4, formatIpv6, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { OFTABLE } from '../../actions/index.ts';
import { parsePortAddresses } from '../../northd/index.ts';
import { neighbourAddress, type NeighbourAddress } from '../mac-cache.ts';
import { rootRow } from '../settings.ts';
import { originate, type Answering } from './answer.ts';
import { intoPipeline } from './inject.ts';
import { neighbourRequest } from './neighbour-request.ts';

const SECOND = 1_000_000_000;
const DEFAULT_LIMIT_SECONDS = 16;

interface Probe {
  readonly row: SbRow<'ECMP_Nexthop'>;
  readonly frame: Uint8Array;
  readonly target: NeighbourAddress;
  readonly datapathKey: number;
  readonly portKey: number;
  backoff: number;
  cancel: () => void;
}

/** From the port's first IPv4 address, else its first IPv6 one. */
function probeOf(
  answering: Answering,
  row: SbRow<'ECMP_Nexthop'>,
): Omit<Probe, 'backoff' | 'cancel'> | undefined {
  const { state } = answering;
  const port = state?.sb.get('Port_Binding', row.port);
  const datapath = port && state?.sb.get('Datapath_Binding', port.datapath);
  const target = neighbourAddress(row.nexthop);
  if (!datapath || !target || port.type !== 'l3gateway' || port.chassis !== state?.chassis._uuid)
    return undefined;
  const addresses = parsePortAddresses(port.mac[0] ?? '');
  const mac = addresses && parseMac(addresses.mac);
  const four = addresses?.v4[0]?.address;
  const six = addresses?.v6[0]?.address;
  if (mac === undefined || (four === undefined && six === undefined)) return undefined;
  const from: NeighbourAddress =
    four === undefined ? { family: 6, value: six ?? 0n } : { family: 4, value: four };
  const frame = neighbourRequest(mac, from, target);
  return { row, frame, target, datapathKey: datapath.tunnel_key, portKey: port.tunnel_key };
}

export class NextHopProbes {
  private readonly probes = new Map<string, Probe>();
  private limit = DEFAULT_LIMIT_SECONDS * SECOND;

  /** Follows the rows. */
  run(answering: Answering): void {
    const { state } = answering;
    if (!state) return;
    const text = rootRow(state.ovs)?.external_ids.get('arp-nd-max-timeout-sec');
    const seconds = text !== undefined && /^\d+$/.test(text) ? Number(text) : DEFAULT_LIMIT_SECONDS;
    if (seconds * SECOND !== this.limit) {
      this.limit = seconds * SECOND;
      for (const probe of this.probes.values()) this.begin(answering, probe);
    }
    const gone = new Set(this.probes.keys());
    for (const row of state.sb.rows('ECMP_Nexthop')) {
      const wanted = probeOf(answering, row);
      if (!wanted) continue;
      const key = `${wanted.datapathKey}/${wanted.portKey}/${wanted.target.value}`;
      gone.delete(key);
      if (this.probes.has(key)) continue;
      const probe: Probe = { ...wanted, backoff: SECOND, cancel: () => undefined };
      this.probes.set(key, probe);
      this.begin(answering, probe);
    }
    for (const key of gone) {
      this.probes.get(key)?.cancel();
      this.probes.delete(key);
    }
  }

  private begin(answering: Answering, probe: Probe): void {
    probe.backoff = SECOND;
    this.schedule(answering, probe, SECOND);
  }

  private schedule(answering: Answering, probe: Probe, delay: number): void {
    probe.cancel();
    probe.cancel = answering.context.clock.after(delay, () => this.send(answering, probe));
  }

  private send(answering: Answering, probe: Probe): void {
    const { row, frame, target, datapathKey, portKey, backoff } = probe;
    const address = target.family === 4 ? formatIpv4(target.value) : formatIpv6(target.value);
    const because: RowRef = {
      kind: 'ovsdb',
      database: 'OVN_Southbound',
      host: answering.host,
      table: 'ECMP_Nexthop',
      uuid: row._uuid,
      text: row.nexthop,
    };
    const actions = intoPipeline(datapathKey, portKey, OFTABLE.localOutput);
    originate(answering, null, frame, actions, `request for the next hop ${address}`, [because]);
    // A limit of 0 asks once.
    if (this.limit > 0) this.schedule(answering, probe, backoff);
    probe.backoff = Math.min(this.limit, backoff * 2);
  }
}
