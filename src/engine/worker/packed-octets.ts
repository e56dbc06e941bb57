/** Octets inside a document: frames as base64, files gzipped as well. */
import type { HopscopeDocument } from '../document.ts';
import type { NamedOctets } from './database-files.ts';
import { gunzip, gzip } from './gzip.ts';
import { Refused } from './refused.ts';

type PackedFile = HopscopeDocument['files'][number];

export function base64Of(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return btoa(text);
}

export const octetsOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

export async function pack(file: NamedOctets): Promise<PackedFile> {
  return { name: file.name, base64: base64Of(await gzip(file.octets)) };
}

/** Refuses what is damaged. */
export async function unpack(file: PackedFile): Promise<NamedOctets> {
  try {
    return { name: file.name, octets: await gunzip(octetsOf(file.base64)) };
  } catch {
    throw new Refused('The databases inside this document cannot be unpacked.', file.name, {
      remedy: 'Open the database files again.',
    });
  }
}
