/** Filter expressions for what is captured: on the wire, of a file, or cooked. */
import { ok, type Result } from '../../base/result.ts';
import { compileFilter } from '../../wire/index.ts';
import { isOutgoing, toEthernet, untagged } from './cooked.ts';
import type { LinkType } from './link-type.ts';
import { complain, type Ending } from './options.ts';

interface PacketToMatch {
  /** With the header of the link type. */
  readonly octets: Uint8Array;
  readonly length: number;
  readonly outgoing: boolean;
  readonly ifindex: number;
}

export type Matcher = (packet: PacketToMatch) => boolean;

const words = (text: string): ReadonlySet<string> => new Set(text.split(/[\s()!]+/));

/** What cannot be asked of a packet without an Ethernet header. */
function problemOfCooked(text: string, type: LinkType): string | undefined {
  if (words(text).has('vlan')) return `no VLAN support for ${type.description}`;
  if (
    /\b(?:ether|link)\s+(?:(?:src|dst)\s+(?:(?:or|and)\s+(?:src|dst)\s+)?)?(?:host\s+)?(?:[0-9a-f]{1,2}[:.-]){5}[0-9a-f]{1,2}/i.test(
      text,
    )
  )
    return 'ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel';
  return undefined;
}

/**
 * Compiles `text` for packets of `type`.
 *
 * A kernel hands over the outer VLAN tag beside the frame, so that while capturing an expression without `vlan` sees the frame as if it had none.
 */
export function compileExpression(
  text: string,
  type: LinkType,
  options: { readonly live: boolean; readonly optimize: boolean },
): Result<Matcher, Ending> {
  const { cooked } = type;
  const problem = cooked === null ? undefined : problemOfCooked(text, type);
  if (problem !== undefined) return complain(problem);
  const compiled = compileFilter(text, { optimize: options.optimize, live: options.live || cooked !== null });
  if (!compiled.ok) return complain(compiled.error.message);
  const filter = compiled.value;
  if (filter.test === null) return ok(() => true);
  const seesTag = !options.live || words(text).has('vlan');
  return ok(({ octets, length, outgoing, ifindex }) => {
    if (cooked !== null)
      return filter.matches(toEthernet(cooked, octets), {
        outgoing: isOutgoing(cooked, octets),
        interfaceIndex: ifindex,
      });
    return filter.matches(seesTag ? octets : untagged(octets), { length, outgoing, interfaceIndex: ifindex });
  });
}
