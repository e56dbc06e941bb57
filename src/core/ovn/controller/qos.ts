/**
 * Rates of ports (`qos_max_rate`, `qos_min_rate`, `qos_burst`) as queues of the device by which their provider network
 * leaves the machine: rows of QoS and Queue in the switch's database (`update_qos` of ovn-controller).
 */
import type { Uuid } from '../../base/uuid.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow, Txn, OvsSchema } from '../../ovsdb/index.ts';
import type { Bindings } from './binding.ts';
import type { ControllerSettings } from './settings.ts';

/** What a rate is limited to where the device does not tell its speed: all that netlink can say, in bits a second. */
const MAX_RATE = '34359738360';
/** Devices whose speed means nothing. */
const VIRTUAL_DRIVERS: ReadonlySet<string> = new Set(['veth', 'tap']);

type OvsTxn = Txn<OvsSchema>;

interface Rates {
  readonly port: string;
  readonly network: string;
  readonly queue: number;
  readonly config: ReadonlyMap<string, string>;
}

const whole = (text: string | undefined): bigint => {
  const [digits] = /^\s*\+?\d+/.exec(text ?? '') ?? [];
  return BigInt(digits?.trim().replace('+', '') ?? 0);
};

/** Undefined for a port without rates. */
function ratesOf(port: SbRow<'Port_Binding'>): Rates | undefined {
  const { options } = port;
  const rate = (key: string): bigint => whole(options.get(key));
  const [min, max, burst] = [rate('qos_min_rate'), rate('qos_max_rate'), rate('qos_burst')];
  const queue = Number(rate('qdisc_queue_id'));
  if (queue === 0 || (min === 0n && max === 0n && burst === 0n)) return undefined;
  const config = new Map([
    ['max-rate', String(max)],
    ['min-rate', String(min)],
    ['burst', String(burst)],
  ]);
  return { port: port.logical_port, network: options.get('qos_physical_network') ?? '', queue, config };
}

interface Egress {
  readonly port: OvsRow<'Port'>;
  readonly iface: OvsRow<'Interface'>;
}

/** The device of a provider bridge by which frames leave: the first that is one of the system's, or is said to be it. */
function egressOf(ovs: OvsDatabase, bridge: string | undefined): Egress | undefined {
  const row = bridge === undefined ? undefined : [...ovs.find('Bridge', 'name', bridge)][0];
  for (const uuid of row?.ports.toSorted() ?? []) {
    const port = ovs.get('Port', uuid);
    for (const one of port?.interfaces ?? []) {
      const iface = ovs.get('Interface', one);
      if (!port || !iface || iface.external_ids.has('iface-id')) continue;
      const isSaid = iface.external_ids.get('ovn-egress-iface') === 'true';
      if (isSaid || iface.type === '' || iface.type === 'system') return { port, iface };
    }
  }
  return undefined;
}

function addQos(txn: OvsTxn, { port, iface }: Egress): Uuid {
  const speed = VIRTUAL_DRIVERS.has(iface.status.get('driver_name') ?? '') ? null : iface.link_speed;
  const qos = txn.insert('QoS', {
    type: 'linux-htb',
    other_config: new Map([['max-rate', speed === null ? MAX_RATE : String(speed)]]),
    external_ids: new Map([['ovn_qos', 'true']]),
  });
  txn.update('Port', port._uuid, { qos });
  return qos;
}

const ownerOf = (queue: OvsRow<'Queue'> | undefined): string | undefined =>
  queue?.external_ids.get('ovn_port');

const isStaleOwner = (owner: string | undefined, wanted: ReadonlySet<string>): boolean =>
  owner !== undefined && !wanted.has(owner);

function setQueue(txn: OvsTxn, egress: Egress, rates: Rates): void {
  const qos = txn.get('Port', egress.port._uuid)?.qos ?? addQos(txn, egress);
  const row = txn.get('QoS', qos);
  if (row === undefined || row.external_ids.get('ovn_qos') !== 'true') return;
  const values = { other_config: rates.config, external_ids: new Map([['ovn_port', rates.port]]) };
  for (const queue of row.queues.values())
    if (ownerOf(txn.get('Queue', queue)) === rates.port) {
      txn.update('Queue', queue, values);
      return;
    }
  txn.update('QoS', qos, { queues: new Map([...row.queues, [rates.queue, txn.insert('Queue', values)]]) });
}

/** Removes queues of ports that are not among `wanted`, and a QoS that has none left. */
function removeStale(txn: OvsTxn, wanted: ReadonlySet<string>): void {
  for (const qos of [...txn.rows('QoS')]) {
    const stale = [...qos.queues].filter(([, queue]) =>
      isStaleOwner(ownerOf(txn.get('Queue', queue)), wanted),
    );
    if (stale.length === 0) continue;
    if (stale.length === qos.queues.size) {
      for (const port of txn.find('Port', 'qos', qos._uuid)) txn.update('Port', port._uuid, { qos: null });
      txn.delete('QoS', qos._uuid);
    } else {
      const gone = new Set(stale.map(([key]) => key));
      txn.update('QoS', qos._uuid, { queues: new Map([...qos.queues].filter(([key]) => !gone.has(key))) });
    }
    for (const [, queue] of stale) txn.delete('Queue', queue);
  }
}

/** Keeps what was written of each port: what a person changes by hand stays until the port's own rates change. */
export class RateQueues {
  #written = new Map<string, string>();

  run(sb: SbDatabase, ovs: OvsDatabase, settings: ControllerSettings, bindings: Bindings): void {
    const wanted = new Map<string, Rates>();
    for (const uuid of bindings.claims.keys()) {
      const port = sb.get('Port_Binding', uuid);
      const rates = port && bindings.interfaces.has(port.logical_port) ? ratesOf(port) : undefined;
      if (rates) wanted.set(rates.port, rates);
    }
    const names = new Set(wanted.keys());
    const isStale = [...ovs.rows('Queue')].some((queue) => isStaleOwner(ownerOf(queue), names));
    const written = new Map<string, string>();
    const changed: [Rates, Egress][] = [];
    for (const rates of wanted.values()) {
      const text = JSON.stringify([rates.network, rates.queue, ...rates.config]);
      const egress = egressOf(ovs, settings.bridgeMappings.get(rates.network));
      if (!egress) continue;
      written.set(rates.port, text);
      if (this.#written.get(rates.port) !== text) changed.push([rates, egress]);
    }
    this.#written = written;
    if (changed.length === 0 && !isStale) return;
    ovs.transact((txn) => {
      txn.comment('ovn-controller');
      removeStale(txn, names);
      for (const [rates, egress] of changed) setQueue(txn, egress, rates);
    });
  }
}
