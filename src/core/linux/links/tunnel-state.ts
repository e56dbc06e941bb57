/** What a Geneve or GRE device made with `ip link add` was told: its ends and how it wraps what it carries. */
import type { IpAddress } from '../family.ts';

export interface TunnelState {
  /** Null: any. */
  readonly local: IpAddress | null;
  readonly remote: IpAddress | null;
  /** Of Geneve. */
  readonly vni: number;
  readonly port: number;
  /** Of GRE, for what comes in and what goes out; null: none. */
  readonly inputKey: number | null;
  readonly outputKey: number | null;
  readonly inputChecksum: boolean;
  /** GRE's own checksum, or that of Geneve's UDP. */
  readonly outputChecksum: boolean;
  /** 0: GRE takes over that of an IP packet inside, Geneve has the host's own. */
  readonly ttl: number;
  readonly tos: number;
  readonly dontFragment: 'unset' | 'set' | 'inherit';
}
