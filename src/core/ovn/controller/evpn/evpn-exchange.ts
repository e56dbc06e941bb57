/** One pass of EVPN on a chassis: neighbours exchanged with the kernel, and what flows are made of them. */
import type { Random } from '../../../base/random.ts';
import type { ChassisState } from '../chassis-state.ts';
import type { LogThread } from '../controller-log.ts';
import { EvpnMemory, evpnTables, NO_EVPN, type EvpnTables } from './evpn-tables.ts';
import { monitoredDevices } from './monitored-devices.ts';
import { exchangeNeighbours } from './neighbour-exchange.ts';
import type { NeighbourKernel } from './neighbour-kernel.ts';

export class EvpnExchange {
  readonly #kernel: NeighbourKernel;
  readonly #log: LogThread;
  readonly #memory: EvpnMemory;
  #watched: ReadonlySet<string> = new Set();
  #isDone = true;

  constructor(kernel: NeighbourKernel, random: Random, log: LogThread) {
    this.#kernel = kernel;
    this.#memory = new EvpnMemory(random);
    this.#log = log;
  }

  /** Devices whose entries matter. */
  get watched(): ReadonlySet<string> {
    return this.#watched;
  }

  /** False when the kernel refused something in the last pass, so that it should be tried again. */
  get isDone(): boolean {
    return this.#isDone;
  }

  run(state: ChassisState): EvpnTables {
    const devices = monitoredDevices(state, this.#log);
    this.#isDone = true;
    if (devices.length === 0 && this.#watched.size === 0) return NO_EVPN;
    this.#watched = new Set(devices.map(({ name }) => name));
    const learned = exchangeNeighbours(this.#kernel, devices, this.#log);
    this.#isDone = learned.isDone;
    return evpnTables(state, learned, this.#memory, this.#log);
  }
}
