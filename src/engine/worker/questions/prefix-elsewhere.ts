/** Why a speaker does not hear of a prefix that others have: where OVN makes it known, and whether sessions lead from there. */
import type { FoundSpeaker } from '../routing-snapshot.ts';
import type { AdvertisingRouter } from './prefix-origin.ts';

export interface Elsewhere {
  /** Those whose tables have the prefix. */
  readonly holders: readonly FoundSpeaker[];
  /** Speakers at the other end of established sessions. */
  readonly neighboursOf: (speaker: string) => readonly string[];
  /** Those that OVN makes it known with. */
  readonly routers: readonly AdvertisingRouter[];
  readonly place: (speaker: FoundSpeaker) => string;
}

/** In words; '' when nobody has it, or sessions lead from there, so that the rungs of the road say what stops it. */
export function whyElsewhere(
  target: FoundSpeaker,
  { holders, neighboursOf, routers, place }: Elsewhere,
): string {
  if (holders.length === 0) return '';
  const near = new Set([target.snapshot.id]);
  for (const id of near) for (const other of neighboursOf(id)) near.add(other);
  if (holders.some(({ snapshot }) => near.has(snapshot.id))) return '';
  const made = routers.filter(({ advertised, chassis }) => advertised.length > 0 && chassis.size > 0);
  const where = made.map(
    ({ name, chassis }) => `${name} is served by ${list([...chassis].toSorted())} and made known there only.`,
  );
  const hosts = [...new Set(holders.map(({ snapshot }) => snapshot.host))];
  return [
    ...where,
    `Only speakers on ${list(hosts)} have it, and no established session leads from there to ${place(target)}.`,
  ].join(' ');
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
