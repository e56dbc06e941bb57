/** The addresses of a router port as the right side of a comparison: one alone, several as a set. */
import type { RouterPort } from '../model/ports.ts';

const asSet = (texts: readonly string[]): string =>
  texts.length === 1 ? (texts[0] ?? '') : `{${texts.join(', ')}}`;

export const addresses4 = (port: RouterPort): string => asSet(port.networks.v4.map((net) => net.text));
export const addresses6 = (port: RouterPort): string => asSet(port.networks.v6.map((net) => net.text));
/** Always a set. */
export const addressesAndBroadcasts = (port: RouterPort): string =>
  `{${port.networks.v4.flatMap((net) => [net.text, net.broadcast]).join(', ')}}`;
