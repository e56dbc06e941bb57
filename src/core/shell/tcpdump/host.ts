/** What tcpdump needs of a machine. */
import type { Kernel } from '../../linux/index.ts';

export interface TcpdumpHost {
  readonly kernel: Kernel;
  readonly files: {
    read(path: string): Uint8Array | undefined;
    write(path: string, octets: Uint8Array): void;
  };
}
