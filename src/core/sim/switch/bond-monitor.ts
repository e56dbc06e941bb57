/** Runs the bonds and LACP of a switch: wakes them in time, sends their packets, and publishes what became of them. */
import { formatMac } from '../../base/address.ts';
import type { Context } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { createFlow, setField } from '../../flow/flow.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Bundle, Port } from '../../ofproto/bridge/port.ts';
import type { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import type { OvsDatabase } from '../../ovsdb/index.ts';
import { encodeArp, encodeEthernet, encodeVlan } from '../../wire/index.ts';
import { portMac } from '../../ofproto/bridge/port-mac.ts';

const SLOW_PROTOCOLS_MAC = 0x0180c2000002n;
const SLOW_PROTOCOLS = 0x8809;
const BROADCAST = 0xffffffffffffn;
const RARP = 0x8035;
const VLAN = 0x8100;
const REVERSE_REQUEST = 3;

interface Outside {
  readonly ovs: OvsDatabase;
  send(port: Port, octets: Uint8Array, parent: StepId | null): void;
}

type Watched = Pick<Bundle, 'name' | 'bond' | 'lacp'> & { readonly bridge: Bridge };

export class BondMonitor {
  readonly #context: Context;
  readonly #vswitch: Vswitch;
  readonly #outside: Outside;
  #isDue = false;
  #cancel: () => void = () => undefined;

  constructor(context: Context, vswitch: Vswitch, outside: Outside) {
    this.#context = context;
    this.#vswitch = vswitch;
    this.#outside = outside;
  }

  /** To be called when anything was configured anew or a link changed. */
  follow(): void {
    for (const { bond, lacp } of this.#bundles())
      for (const one of [bond, lacp]) if (one) one.onChange = () => this.#wake();
    this.#wake();
  }

  #macOf(port: Port | null): bigint {
    return port ? portMac(this.#context.random, port) : 0n;
  }

  *#bundles(): Generator<Watched> {
    for (const bridge of this.#vswitch.bridges.values())
      for (const { name, bond, lacp } of bridge.bundles) if (bond ?? lacp) yield { name, bond, lacp, bridge };
  }

  #wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#context.clock.after(0, () => {
      this.#isDue = false;
      this.#run();
    });
  }

  #run(): void {
    this.#cancel();
    let next = Infinity;
    for (const { bond, lacp, bridge } of this.#bundles()) {
      lacp?.run((port, pdu) => this.#sendPdu(port, pdu));
      bond?.run();
      if (bond?.needsLearning === true) this.#teach(bridge, bond);
      next = Math.min(next, lacp?.wakeTime ?? Infinity, bond?.wakeTime ?? Infinity);
    }
    this.#publish();
    const delay = Math.max(0, next - this.#context.clock.now());
    this.#cancel = next === Infinity ? () => undefined : this.#context.clock.after(delay, () => this.#run());
  }

  #sendPdu(port: Port, pdu: Uint8Array): void {
    const source = portMac(this.#context.random, port);
    const octets = encodeEthernet({ destination: SLOW_PROTOCOLS_MAC, source, type: SLOW_PROTOCOLS }, pdu);
    this.#outside.send(port, octets, this.#record(port, octets, 'LACP'));
  }

  /** The other members serve now: a packet for each address that is reached by another port tells the switches beyond. */
  #teach(bridge: Bridge, bond: NonNullable<Bundle['bond']>): void {
    bond.needsLearning = false;
    if (!bond.maySendLearning) return;
    for (const { entry } of bridge.macs.list()) {
      if (entry.bundle.bond === bond) continue;
      const flow = createFlow();
      setField(flow, FIELDS.eth_src, entry.mac);
      const port = bond.choose(flow, undefined, entry.vlan);
      if (!port) continue;
      const request = encodeArp({
        operation: REVERSE_REQUEST,
        senderMac: entry.mac,
        senderIp: 0,
        targetMac: entry.mac,
        targetIp: 0,
      });
      const addresses = { destination: BROADCAST, source: entry.mac };
      const octets =
        entry.vlan === 0
          ? encodeEthernet({ ...addresses, type: RARP }, request)
          : encodeEthernet(
              { ...addresses, type: VLAN },
              encodeVlan({ vlan: entry.vlan, type: RARP }, request),
            );
      this.#outside.send(port, octets, this.#record(port, octets, 'learning packet of a bond'));
    }
  }

  #record(port: Port, octets: Uint8Array, text: string): StepId | null {
    const { recorder } = this.#context;
    if (!recorder.active) return null;
    return recorder.record({
      parent: null,
      where: { host: this.#vswitch.datapath.host, bridge: port.bridge.name, device: port.name },
      what: { kind: 'originated', program: 'ovs-vswitchd', text },
      frame: octets,
      because: [],
    });
  }

  /** `Port.bond_active_slave` and `Interface.lacp_current`. */
  #publish(): void {
    const { ovs } = this.#outside;
    const bonds = new Map<string, string>();
    const current = new Map<string, boolean>();
    for (const { name, bond, lacp } of this.#bundles()) {
      if (bond?.wasActive === true) bonds.set(name, formatMac(this.#macOf(bond.active)));
      for (const port of lacp?.members.keys() ?? []) current.set(port.name, lacp?.isCurrent(port) === true);
    }
    ovs.transact((txn) => {
      for (const row of ovs.rows('Port')) {
        const active = bonds.get(row.name);
        if (active !== undefined && row.bond_active_slave !== active)
          txn.update('Port', row._uuid, { bond_active_slave: active });
      }
      for (const row of ovs.rows('Interface')) {
        const is = current.get(row.name) ?? null;
        if (row.lacp_current !== is) txn.update('Interface', row._uuid, { lacp_current: is });
      }
    });
  }
}
