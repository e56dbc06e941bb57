/** How long MAC bindings of a router live: `DEFAULT` or `NETWORK:SECONDS`, several of them separated by semicolons. */
import { parseCidr } from './addresses.ts';
import type { Cidr } from './addresses.ts';
import { parseInteger } from './options.ts';

interface Threshold {
  /** Undefined for the default. */
  readonly network: Cidr | undefined;
  readonly seconds: number;
}

/** The entries of `mac_binding_age_threshold`; undefined when any of them is bad. */
function parseThresholds(text: string | undefined): readonly Threshold[] | undefined {
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
