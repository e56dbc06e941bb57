/** The address that a switch's own packets bear when they leave by a port. */
import type { Random } from '../../base/random.ts';
import type { Port } from './port.ts';

/** The device's; a tunnel or patch port has an address of its own, made by chance. */
export function portMac(random: Random, { mac, name }: Port): bigint {
  if (mac !== 0n) return mac;
  const chance = random.fork(`tunnel ${name}`);
  return (0x0200n << 32n) | (BigInt(chance.below(0x100)) << 32n) | BigInt(chance.next32());
}
