/** Which chassis serves a gateway port, from the southbound database: every change of it. */
import type { SbDatabase } from '../../../core/ovsdb/index.ts';
import type { Clock } from '../../../core/base/context.ts';
import type { GatewayMove } from '../../questions/what-changed.ts';

const KEPT = 1000;

export class GatewayMoves {
  readonly #moves: GatewayMove[] = [];

  constructor(sb: SbDatabase | undefined, clock: Pick<Clock, 'now'>) {
    const names = new Map<string, string>();
    for (const { _uuid, name } of sb?.rows('Chassis') ?? []) names.set(_uuid, name);
    sb?.subscribe(({ tables }) => {
      for (const { _uuid, name } of tables.Chassis?.inserted ?? []) names.set(_uuid, name);
      for (const [before, after] of tables.Port_Binding?.updated ?? []) {
        if (after.type !== 'chassisredirect') continue;
        const [from, to] = [before, after].map(({ chassis }) => names.get(chassis ?? '') ?? null);
        if (from === undefined || to === undefined || from === to) continue;
        this.#moves.push({ at: clock.now(), port: after.logical_port, from, to });
        if (this.#moves.length > KEPT) this.#moves.shift();
      }
    });
  }

  /** Oldest first. */
  get all(): readonly GatewayMove[] {
    return this.#moves;
  }
}
