/** Arguments that several commands take, with the messages for wrong ones. */
import { scanInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';

/** An ACL's, QoS rule's or policy's priority. */
export function parsePriority(text: string): number {
  const value = scanInteger(text) ?? -1;
  return value >= 0 && value <= 32767 ? value : fail(`${text}: priority must in range 0...32767`);
}

export type Direction = 'from-lport' | 'to-lport';

/** The first letter decides. */
export function parseDirection(text: string): Direction {
  if (text.startsWith('t')) return 'to-lport';
  if (text.startsWith('f')) return 'from-lport';
  return fail(`${text}: direction must be "to-lport" or "from-lport"`);
}

export function parseEnabled(text: string): boolean {
  const word = text.toLowerCase();
  if (word !== 'enabled' && word !== 'disabled') fail(`${text}: state must be "enabled" or "disabled"`);
  return word === 'enabled';
}

export const enabledText = (enabled: boolean | null): string =>
  enabled === false ? 'disabled\n' : 'enabled\n';
