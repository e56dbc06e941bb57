/** What a bridge brings to the spanning tree: its id, and the times that hold while it is the root (802.1D, 8.10.2). */

const MAC_BITS = (1n << 48n) - 1n;

/** Bridge settings; times in milliseconds. */
export interface StpSettings {
  readonly systemId: bigint;
  readonly priority: number;
  readonly helloTime: number;
  readonly maxAge: number;
  readonly forwardDelay: number;
}

/** Units of 1/256 second, as BPDUs tell them. */
export interface StpTimes {
  maxAge: number;
  helloTime: number;
  forwardDelay: number;
}

/** Whole units of 1/256 second in so many milliseconds. */
export const units = (ms: number): number => Math.floor((ms * 256) / 1000);

/** Whole milliseconds in so many units of 1/256 second. */
export const milliseconds = (time: number): number => Math.floor((time * 1000) / 256);

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The times of `settings`, brought within their bounds. */
export function ownTimes(settings: StpSettings): StpTimes {
  const hello = clamp(settings.helloTime, 1000, 10_000);
  const maxAge = clamp(settings.maxAge, Math.max(2 * (hello + 1000), 6000), 40_000);
  const delay = clamp(settings.forwardDelay, Math.floor(maxAge / 2) + 1000, 30_000);
  return { helloTime: units(hello), maxAge: units(maxAge), forwardDelay: units(delay) };
}

/** Priority and address in one number: the least is the root. */
export const bridgeId = ({ priority, systemId }: StpSettings): bigint =>
  (BigInt(priority) << 48n) | (systemId & MAC_BITS);

/** The parts of a bridge id. */
export const bridgeOf = (id: bigint): { readonly priority: number; readonly mac: bigint } => ({
  priority: Number(id >> 48n),
  mac: id & MAC_BITS,
});
