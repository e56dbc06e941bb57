/** UUIDs in text form: 36 lower-case characters. */
import type { Random } from './random.ts';
import type { Brand } from './brand.ts';

export type Uuid = Brand<string, 'Uuid'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function parseUuid(text: string): Uuid | undefined {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? (lower as Uuid) : undefined;
}

/** A version 4 UUID drawn from `random`. */
export function randomUuid(random: Random): Uuid {
  const words = Array.from({ length: 4 }, () => random.next32());
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}` as Uuid;
}

/** The first 32 bits: what OVN uses as OpenFlow cookie of a southbound row. */
export function uuidWord(uuid: Uuid): number {
  return Number.parseInt(uuid.slice(0, 8), 16);
}
