/** Runs the spanning trees of a switch: lets time pass, sends their BPDUs, and publishes their states. */
import type { Context } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import { followRstpLinks, followRstpStates } from '../../ofproto/rstp/bridge-rstp.ts';
import { rstpBridgeStatus, rstpPortStatistics, rstpPortStatus } from '../../ofproto/rstp/rstp-text.ts';
import type { Rstp } from '../../ofproto/rstp/rstp.ts';
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

type Tree = Stp | Rstp;

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
  readonly #watched = new Map<Tree, Watched>();
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
    const wanted = new Map<Tree, Bridge>();
    for (const bridge of this.#vswitch.bridges.values())
      for (const tree of [bridge.stp, bridge.rstp]) if (tree) wanted.set(tree, bridge);
    for (const [tree, { cancel }] of this.#watched)
      if (!wanted.has(tree)) {
        cancel();
        this.#watched.delete(tree);
        this.#wake();
        this.#publishStatistics();
      }
    for (const [tree, bridge] of wanted) {
      if (this.#watched.has(tree)) continue;
      this.#watched.set(tree, { bridge, turns: 0, cancel: () => undefined });
      tree.onChange = () => this.#wake();
      this.#arm(tree);
      this.#wake();
    }
  }

  #arm(tree: Tree): void {
    const watched = this.#watched.get(tree);
    if (!watched) return;
    watched.cancel = this.#context.clock.after(TURN * MILLISECOND, () => {
      tree.tick(TURN);
      followLinks(watched.bridge);
      followRstpLinks(watched.bridge);
      watched.turns += 1;
      if (watched.turns % STATISTICS_TURNS === 0) this.#publishStatistics();
      this.#arm(tree);
    });
  }

  #wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#context.clock.after(0, () => {
      this.#isDue = false;
      for (const bridge of this.#vswitch.bridges.values()) {
        followStates(bridge);
        followRstpStates(bridge);
      }
      this.#publishStates();
    });
  }

  #send(port: Port, bpdu: Uint8Array): void {
    const source = portMac(this.#context.random, port);
    const octets = encodeEthernet(
      { destination: BRIDGE_GROUP, source, type: LLC.length + bpdu.length },
      Uint8Array.of(...LLC, ...bpdu),
    );
    this.#outside.send(port, octets, this.#record(port, octets, bpdu[3]));
  }

  #record(port: Port, octets: Uint8Array, type: number | undefined): StepId | null {
    const { recorder } = this.#context;
    if (!recorder.active) return null;
    const text =
      type === 0x80 ? 'STP topology change notification' : type === 2 ? 'RSTP' : 'STP configuration';
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
        const bridge = this.#vswitch.bridges.get(row.name);
        const status = bridgeStatus(bridge?.stp ?? null);
        const rapid = rstpBridgeStatus(bridge?.rstp ?? null);
        if (!sameMap(row.status, status) || !sameMap(row.rstp_status, rapid))
          txn.update('Bridge', row._uuid, { status, rstp_status: rapid });
      }
      for (const [row, port] of this.#ports()) {
        const status = portStatus(port, now);
        const rapid = rstpPortStatus(port);
        if (!sameMap(row.status, status) || !sameMap(row.rstp_status, rapid))
          txn.update('Port', row._uuid, { status, rstp_status: rapid });
      }
    });
  }

  #publishStatistics(): void {
    const { ovs } = this.#outside;
    ovs.transact((txn) => {
      for (const [row, port] of this.#ports()) {
        const statistics = portStatistics(port);
        const rapid = rstpPortStatistics(port);
        if (!sameMap(row.statistics, statistics) || !sameMap(row.rstp_statistics, rapid))
          txn.update('Port', row._uuid, { statistics, rstp_statistics: rapid });
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
