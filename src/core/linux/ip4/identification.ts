/** The identification field of datagrams that no socket numbers: a counter a pair of addresses, as `ip_idents` has. */
import { hashText } from '../../base/random.ts';
import type { Namespace } from '../namespace.ts';

/** Differs between two datagrams of a pair and depends only on the run so far. */
export function nextId(net: Namespace, source: number, destination: number): number {
  const name = `ip id ${source} ${destination}`;
  const sent = (net.identifiers.get(name) ?? 0) + 1;
  net.identifiers.set(name, sent);
  const start = net.machine.context.random.fork(`${net.name} ${name}`).below(0x10000);
  const elapsed = Math.floor(net.machine.context.clock.now() / 4e6);
  return (start + sent + (hashText(name, elapsed) % 3) + Math.floor(elapsed / 2)) & 0xffff;
}
