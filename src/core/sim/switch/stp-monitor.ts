/** Runs the spanning trees of a switch: lets time pass, sends their BPDUs, and publishes their states. */
import type { Context } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import { followLinks, followStates } from '../../ofproto/spanning-tree/bridge-stp.ts';
import { bridgeStatus, portStatistics, portStatus } from '../../ofproto/spanning-tree/stp-text.ts';
import type { Stp } from '../../ofproto/spanning-tree/stp.ts';
import type { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import type { OvsDatabase } from '../../ovsdb/index.ts';
import { encodeEthernet } from '../../wire/index.ts';
import { portMac } from '../../ofproto/bridge/port-mac.ts';

/** The daemon looks at its spanning trees at least this often, in milliseconds. */
const TURN = 1000;
const MILLISECOND = 1_000_000;
/** Turns between two writes of statistics. */
const STATISTICS_TURNS = 5;
const BRIDGE_GROUP = 0x0180c2000000n;
const LLC = Uint8Array.of(0x42, 0x42, 0x03);

interface Watched {
  readonly bridge: Bridge;
  turns: number;
  cancel: () => void;
}

interface Outside {
  readonly ovs: OvsDatabase;
  send(port: Port, octets: Uint8Array, parent: StepId | null): void;
}

const sameMap = <V>(a: ReadonlyMap<string, V>, b: ReadonlyMap<string, V>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

export class StpMonitor {
  readonly #context: Context;
  readonly #vswitch: Vswitch;
  readonly #outside: Outside;
  readonly #watched = new Map<Stp, Watched>();
  #isDue = false;

  constructor(context: Context, vswitch: Vswitch, outside: Outside) {
    this.#context = context;
    this.#vswitch = vswitch;
    this.#outside = outside;
    // A packet is in the tables when its answer is ready: that goes out right after.
    vswitch.onBpdu = (port, bpdu) => {
      context.clock.after(0, () => this.#send(port, bpdu));
    };
  }

  /** Takes up new spanning trees and leaves those that ended. */
  follow(): void {
    const wanted = new Map<Stp, Bridge>();
    for (const bridge of this.#vswitch.bridges.values()) if (bridge.stp) wanted.set(bridge.stp, bridge);
    for (const [stp, { cancel }] of this.#watched)
      if (!wanted.has(stp)) {
        cancel();
        this.#watched.delete(stp);
        this.#wake();
        this.#publishStatistics();
      }
    for (const [stp, bridge] of wanted) {
      if (this.#watched.has(stp)) continue;
      this.#watched.set(stp, { bridge, turns: 0, cancel: () => undefined });
      stp.onChange = () => this.#wake();
      this.#arm(stp);
      this.#wake();
    }
  }

  #arm(stp: Stp): void {
    const watched = this.#watched.get(stp);
    if (!watched) return;
    watched.cancel = this.#context.clock.after(TURN * MILLISECOND, () => {
      stp.tick(TURN);
      followLinks(watched.bridge);
      watched.turns += 1;
      if (watched.turns % STATISTICS_TURNS === 0) this.#publishStatistics();
      this.#arm(stp);
    });
  }

  #wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#context.clock.after(0, () => {
      this.#isDue = false;
      for (const bridge of this.#vswitch.bridges.values()) followStates(bridge);
      this.#publishStates();
    });
  }

  #send(port: Port, bpdu: Uint8Array): void {
    const source = portMac(this.#context.random, port);
    const octets = encodeEthernet(
      { destination: BRIDGE_GROUP, source, type: LLC.length + bpdu.length },
      Uint8Array.of(...LLC, ...bpdu),
    );
    this.#outside.send(port, octets, this.#record(port, octets, bpdu[3] === 0x80));
  }

  #record(port: Port, octets: Uint8Array, isChange: boolean): StepId | null {
    const { recorder } = this.#context;
    if (!recorder.active) return null;
    const text = isChange ? 'STP topology change notification' : 'STP configuration';
    return recorder.record({
      parent: null,
      where: { host: this.#vswitch.datapath.host, bridge: port.bridge.name, device: port.name },
      what: { kind: 'originated', program: 'ovs-vswitchd', text },
      frame: octets,
      because: [],
    });
  }

  #publishStates(): void {
    const { ovs } = this.#outside;
    const now = this.#context.clock.now();
    ovs.transact((txn) => {
      for (const row of ovs.rows('Bridge')) {
        const status = bridgeStatus(this.#vswitch.bridges.get(row.name)?.stp ?? null);
        if (!sameMap(row.status, status)) txn.update('Bridge', row._uuid, { status });
      }
      for (const [row, port] of this.#ports()) {
        const status = portStatus(port, now);
        if (!sameMap(row.status, status)) txn.update('Port', row._uuid, { status });
      }
    });
  }

  #publishStatistics(): void {
    const { ovs } = this.#outside;
    ovs.transact((txn) => {
      for (const [row, port] of this.#ports()) {
        const statistics = portStatistics(port);
        if (!sameMap(row.statistics, statistics)) txn.update('Port', row._uuid, { statistics });
      }
    });
  }

  /** Rows of ports of one interface, with the port; bonds take no part. */
  #ports() {
    const { ovs } = this.#outside;
    const rows = new Map([...ovs.rows('Port')].map((row) => [row.name, row]));
    return [...this.#vswitch.bridges.values()].flatMap(({ bundles }) =>
      bundles.flatMap(({ name, ports }) => {
        const row = rows.get(name);
        const port = ports[0];
        return row && port && ports.length === 1 ? [[row, port] as const] : [];
      }),
    );
  }
}
