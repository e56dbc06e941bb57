/** One search for the causes of flows that several questions may wait for: it ends early when all of them have given up. */
import type { CallContext } from '../call.ts';
import type { CauseIndex } from './explain.ts';

type Waiting = Pick<CallContext, 'signal' | 'progress'>;
type Search = (context: {
  readonly signal: AbortSignal;
  readonly progress: (share: number) => void;
}) => Promise<CauseIndex>;

export class CauseSearch {
  readonly #controller = new AbortController();
  readonly #waiting = new Set<Waiting>();
  readonly #found: Promise<CauseIndex>;

  constructor(search: Search) {
    this.#found = search({
      signal: this.#controller.signal,
      progress: (share) => {
        for (const { progress } of this.#waiting) progress(Math.round(share * 100), 100, '');
      },
    });
  }

  /** True once everybody gave up: then it finds nothing any more. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** What it finds, or a rejection as soon as `signal` is aborted. */
  async join(waiting: Waiting): Promise<CauseIndex> {
    const { signal } = waiting;
    this.#waiting.add(waiting);
    const leave = (): void => {
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) this.#controller.abort();
    };
    signal.addEventListener('abort', leave);
    try {
      const found = await this.#found;
      signal.throwIfAborted();
      return found;
    } finally {
      signal.removeEventListener('abort', leave);
      this.#waiting.delete(waiting);
    }
  }
}
