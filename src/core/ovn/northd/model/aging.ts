/** How long MAC bindings of a router live: `DEFAULT` or `NETWORK:SECONDS`, several of them separated by semicolons. */
import { parseCidr } from './addresses.ts';
import type { Cidr } from './addresses.ts';
import { parseInteger } from './options.ts';

export interface Threshold {
  /** Undefined for the default. */
  readonly network: Cidr | undefined;
  readonly seconds: number;
}

/** The entries of `mac_binding_age_threshold`; undefined when any of them is bad. */
export function parseThresholds(text: string | undefined): readonly Threshold[] | undefined {
  if (text === undefined) return undefined;
  const entries: Threshold[] = [];
  for (const part of text.split(';').filter((entry) => entry !== '')) {
    const colon = part.lastIndexOf(':');
    const seconds = parseInteger(part.slice(colon + 1));
    const network = colon < 0 ? undefined : parseCidr(part.slice(0, colon));
    if (seconds === undefined || seconds < 0 || (colon >= 0 && network === undefined)) return undefined;
    entries.push({ network: network?.prefix === 0 ? undefined : network, seconds });
  }
  return entries;
}

/** The shortest of the thresholds, in seconds; 0 when nothing ages. */
export function agingThreshold(text: string | undefined): number {
  const all = (parseThresholds(text) ?? []).map((entry) => entry.seconds).filter((seconds) => seconds > 0);
  return all.length === 0 ? 0 : Math.min(...all);
}

const contains = (network: Cidr, ip: Cidr): boolean =>
  network.family === 4
    ? ip.family === 4 && (ip.address & network.mask) >>> 0 === network.address
    : ip.family === 6 && (ip.address & network.mask) === network.address;

/** Seconds that a binding of `ip` lives: by the longest network that holds it, else the last default; 0: for ever. */
export function thresholdFor(thresholds: readonly Threshold[], ip: string): number {
  const address = parseCidr(ip);
  let best: Threshold | undefined;
  for (const one of thresholds)
    if (
      one.network &&
      address &&
      contains(one.network, address) &&
      one.network.prefix > (best?.network?.prefix ?? -1)
    )
      best = one;
  return (best ?? thresholds.findLast(({ network }) => network === undefined))?.seconds ?? 0;
}
