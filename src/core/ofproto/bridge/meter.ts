/** OpenFlow meters: rate limits that flows and packet-ins may name. */
import type { DpMeter } from '../qos/dp-meter.ts';

export interface MeterBand {
  readonly type: 'drop' | 'dscp_remark';
  readonly rate: number;
  readonly burst: number;
  readonly precedence: number;
}

export interface MeterSpec {
  /** 1 to 65535, or one of the reserved meters. */
  readonly id: number;
  readonly unit: 'kbps' | 'pktps';
  readonly burst: boolean;
  readonly stats: boolean;
  readonly bands: readonly MeterBand[];
}

/** The meter of packet-ins that name none. */
export const METER_CONTROLLER = 0xfffffffe;

export interface Meter extends MeterSpec {
  readonly created: number;
  /** The datapath's part, which counts and drops. */
  readonly dp: DpMeter;
}
