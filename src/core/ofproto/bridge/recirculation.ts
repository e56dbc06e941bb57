/** Packets that leave the pipeline and come back (after tracking, hashing, a controller): the state kept for them. */
import type { Flow } from '../../flow/flow.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { OfpAct } from '../actions/ofpact.ts';
import type { Bridge } from './bridge.ts';

/** Goes back to the table and flow whose actions follow, when a frozen list is taken up again. */
interface UnrollAct {
  readonly kind: 'unroll';
  readonly table: number;
  readonly cookie: bigint;
}

/** What a translation can run: OpenFlow's actions, and the marks between frozen ones. */
export type RunAct = OfpAct | UnrollAct;

/** One value on the stack, with its size in bytes. */
export interface StackValue {
  readonly value: bigint;
  readonly bytes: number;
}

/** Everything that a packet carries besides its octets: tunnel, metadata, registers, input port. */
export interface FrozenMetadata {
  /** The words of tunnel, metadata and registers. */
  readonly words: Uint32Array;
  readonly inPort: number;
}

export interface FrozenState {
  readonly bridge: Bridge;
  readonly table: number;
  readonly stack: readonly StackValue[];
  readonly mirrors: number;
  readonly conntracked: boolean;
  readonly wasMpls: boolean;
  /** Empty: go on with the lookup in `table`. */
  readonly actions: readonly RunAct[];
  readonly actionSet: readonly OfpAct[];
  readonly metadata: FrozenMetadata;
  /** For the controller that the packet goes to. */
  readonly userdata: Uint8Array;
}

const METADATA_END = WORD.skbPriority;

export const metadataOf = (flow: Flow): FrozenMetadata => ({
  words: flow.slice(0, METADATA_END),
  inPort: flow[WORD.inPort] as number,
});

export function putMetadata(flow: Flow, { words, inPort }: FrozenMetadata): void {
  flow.set(words, 0);
  flow[WORD.inPort] = inPort;
}

/** Ids of frozen states. Equal states that are in use at one time share an id; ids are never used twice. */
export class RecirculationPool {
  private next = 1;
  private readonly states = new Map<number, { state: FrozenState; key: string; uses: number }>();
  private readonly ids = new Map<string, number>();
  private readonly numbers = new WeakMap<object, number>();
  private lastNumber = 0;

  private numberOf(thing: object): number {
    let number = this.numbers.get(thing);
    if (number === undefined) {
      this.lastNumber += 1;
      number = this.lastNumber;
      this.numbers.set(thing, number);
    }
    return number;
  }

  private keyOfAct(act: RunAct): string {
    if (act.kind === 'unroll') return `u${act.table}/${act.cookie}`;
    if (act.kind === 'resubmit') return `r${act.port}/${act.table}/${act.ct ? 1 : 0}`;
    return String(this.numberOf(act));
  }

  private keyOf(state: FrozenState): string {
    const { metadata } = state;
    let words = '';
    metadata.words.forEach((word, index) => {
      if (word !== 0) words += `${index}:${word},`;
    });
    return [
      this.numberOf(state.bridge),
      state.table,
      state.stack.map(({ value, bytes }) => `${bytes}:${value}`).join(','),
      state.mirrors,
      state.conntracked ? 1 : 0,
      state.wasMpls ? 1 : 0,
      state.actions.map((act) => this.keyOfAct(act)).join(','),
      state.actionSet.map((act) => this.keyOfAct(act)).join(','),
      words,
      metadata.inPort,
      state.userdata.join('.'),
    ].join('|');
  }

  /** The id of `state`, now used once more. */
  allocate(state: FrozenState): number {
    const key = this.keyOf(state);
    const known = this.ids.get(key);
    const entry = known === undefined ? undefined : this.states.get(known);
    if (known !== undefined && entry) {
      entry.uses += 1;
      return known;
    }
    const id = this.next;
    this.next += 1;
    this.states.set(id, { state, key, uses: 1 });
    this.ids.set(key, id);
    return id;
  }

  /** An id of its own for a bond: its packets come back without input port or metadata, and go on in `table`. */
  allocateForBond(bridge: Bridge, table: number): number {
    const id = this.next;
    this.next += 1;
    const metadata: FrozenMetadata = { words: new Uint32Array(METADATA_END), inPort: OFPP.none };
    const state: FrozenState = {
      bridge,
      table,
      stack: [],
      mirrors: 0,
      conntracked: false,
      wasMpls: false,
      actions: [],
      actionSet: [],
      metadata,
      userdata: new Uint8Array(0),
    };
    this.states.set(id, { state, key: `bond ${id}`, uses: 1 });
    return id;
  }

  find(id: number): FrozenState | undefined {
    return this.states.get(id)?.state;
  }

  /** Adds a use of an id that is in use. */
  retain(id: number): void {
    const entry = this.states.get(id);
    if (entry) entry.uses += 1;
  }

  /** Ends one use. */
  release(id: number): void {
    const entry = this.states.get(id);
    if (!entry) return;
    entry.uses -= 1;
    if (entry.uses > 0) return;
    this.states.delete(id);
    this.ids.delete(entry.key);
  }
}
