/** Which typed lines configured something: links, addresses, rules, routes, rows of databases, lines of routers. The others only looked. */
import type { KernelEvent } from '../../../core/linux/index.ts';
import type { World } from '../../../core/sim/index.ts';
import type { Deed } from '../../document.ts';

const KINDS: ReadonlySet<KernelEvent['kind']> = new Set([
  'link',
  'address4',
  'address6',
  'route',
  'rule',
  'namespace',
]);

export class ConfiguringDeeds {
  /** Their places in the list of deeds. */
  readonly #found = new Set<number>();
  readonly #deeds: readonly Deed[];
  /** The line whose program is at work this very moment. */
  #acting: number | null = null;

  /** `deeds`: what the user did so far; it grows. */
  constructor(world: World, deeds: readonly Deed[]) {
    this.#deeds = deeds;
    const note = (): void => {
      if (this.#acting !== null) this.#found.add(this.#acting);
    };
    world.journal.onConfigured(note);
    const central = world.central();
    central?.nb.subscribe(note);
    central?.sb.subscribe(note);
    for (const { kernel, switch: ovs } of world.hosts.values()) {
      kernel.subscribe(({ kind }) => {
        if (KINDS.has(kind)) note();
      });
      ovs?.ovs.subscribe(note);
    }
  }

  /** What happens while `act` runs, or until `settle` is called in it, is the doing of the newest line of a machine's terminal. */
  during<Answer>(host: string, act: (settle: () => void) => Answer): Answer {
    const at = this.#deeds.findLastIndex((deed) => deed.kind === 'typed' && deed.host === host);
    this.#acting = at < 0 ? null : at;
    try {
      return act(() => {
        this.#acting = null;
      });
    } finally {
      this.#acting = null;
    }
  }

  has(index: number): boolean {
    return this.#found.has(index);
  }
}
