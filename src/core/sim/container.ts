/** A container: an image, the program in it, and how to end that. */
import type { Haproxy } from './service/haproxy.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: string;
  /** When it was started, on the world's clock. */
  readonly startedAt: number;
  /** Whether nothing is left of it when it is stopped. */
  readonly isRemovedAtEnd?: boolean;
  /** The load balancer, where that is what runs in it. */
  readonly haproxy?: Haproxy;
  stop(): void;
}
