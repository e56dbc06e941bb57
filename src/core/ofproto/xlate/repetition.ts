/**
 * What a translation leaves for further packets of its megaflow: what each adds to counters and ages, and what has to be as
 * it was. While that holds, repeating equals translating again. (Open vSwitch keeps the first half as its xlate cache and
 * revalidates for the second.)
 */
import type { Bridge } from '../bridge/bridge.ts';
import type { Datapath } from '../bridge/datapath.ts';
import type { FlowTables } from '../bridge/flow-tables.ts';

/** What one packet adds to what it passes. */
export interface PacketStats {
  readonly bytes: number;
  readonly tcpFlags: number;
}

export type Effect = (stats: PacketStats) => void;

export class Repetition {
  readonly #datapath: Datapath;
  readonly #settings: number;
  readonly #tables = new Map<FlowTables, number>();
  readonly #effects: Effect[] = [];
  readonly #conditions: (() => boolean)[] = [];
  #isPossible = true;

  constructor(datapath: Datapath) {
    this.#datapath = datapath;
    this.#settings = datapath.settings;
  }

  /** The packet came to the tables of a bridge. */
  enter({ tables }: Bridge): void {
    if (!this.#tables.has(tables)) this.#tables.set(tables, tables.version);
  }

  /** Each packet has this effect. What it refers to is kept as long as the megaflow. */
  add(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Only while `holds` says so, which has no effect of its own. */
  onlyWhile(holds: () => boolean): void {
    this.#conditions.push(holds);
  }

  /** Each packet has to be translated. */
  forbid(): void {
    this.#isPossible = false;
  }

  /** Whether a translation now would come to the same. */
  get stands(): boolean {
    if (!this.#isPossible || this.#datapath.settings !== this.#settings) return false;
    for (const [tables, version] of this.#tables) if (tables.version !== version) return false;
    return this.#conditions.every((holds) => holds());
  }

  /** Does for a packet what its translation would have done beside finding the actions. */
  credit(stats: PacketStats): void {
    for (const effect of this.#effects) effect(stats);
  }
}
