/** UUIDs in text form: 36 lower-case characters. */
import type { Random } from './random.ts';
import type { Brand } from './brand.ts';

export type Uuid = Brand<string, 'Uuid'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function parseUuid(text: string): Uuid | undefined {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? (lower as Uuid) : undefined;
}

const hex = (word: number): string => word.toString(16).padStart(8, '0');

/** A version 4 UUID drawn from `random`. */
export function randomUuid(random: Random): Uuid {
  const first = hex(random.next32());
  const second = hex(random.next32());
  const third = hex(random.next32());
  const fourth = hex(random.next32());
  const variant = ((Number.parseInt(third.charAt(0), 16) & 3) | 8).toString(16);
  return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${fourth}` as Uuid;
}

/** The first 32 bits: what OVN uses as OpenFlow cookie of a southbound row. */
export function uuidWord(uuid: Uuid): number {
  return Number.parseInt(uuid.slice(0, 8), 16);
}
