/** bgpd's way to bfdd, which may be started after it: what was asked for before is asked again then. */
import type { BfdHandle, BfdPort, BfdRequest } from '../../frr/bfd/bfd-port.ts';

interface Asked {
  request: BfdRequest;
  readonly changed: (isUp: boolean) => void;
  handle: BfdHandle | null;
}

export class LateBfd implements BfdPort {
  readonly #asked = new Set<Asked>();
  #bfd: BfdPort | null = null;

  request(request: BfdRequest, changed: (isUp: boolean) => void): BfdHandle {
    const asked: Asked = { request, changed, handle: this.#bfd?.request(request, changed) ?? null };
    this.#asked.add(asked);
    return {
      get status() {
        return asked.handle?.status ?? 'Unknown';
      },
      get lastChange() {
        return asked.handle?.lastChange ?? null;
      },
      change: (intervals) => {
        asked.request = { ...asked.request, intervals };
        asked.handle?.change(intervals);
      },
      release: () => {
        this.#asked.delete(asked);
        asked.handle?.release();
      },
    };
  }

  started(bfd: BfdPort): void {
    this.#bfd = bfd;
    for (const asked of this.#asked) asked.handle = bfd.request(asked.request, asked.changed);
  }
}
