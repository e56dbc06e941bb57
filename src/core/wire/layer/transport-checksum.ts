/** Checks the checksum of a transport segment against the IP header around it. */
import { checksumOf, pseudoSum, sumOctets } from '../checksum.ts';
import { readU16 } from '../octets.ts';
import { compareChecksum, uncheckedChecksum, type Checksum, type DecodeContext } from './layer-base.ts';

/** `at` is the field's offset; the segment runs from `offset` for `size` octets. Unchecked without a whole IP packet around it. */
export function checkTransport(
  context: DecodeContext,
  protocol: number,
  offset: number,
  size: number,
  at: number,
): Checksum {
  const value = readU16(context.octets, at);
  const { network } = context;
  if (network === null || !network.whole || size < 0 || offset + size > context.octets.length)
    return uncheckedChecksum(value);
  const sum = sumOctets(context.octets, offset, size, pseudoSum(network, protocol, size));
  return compareChecksum(value, checksumOf(sum - value));
}
