/**
 * A match without terms that its other terms give no meaning: ports without a transport protocol, addresses without an
 * Ethernet type. Switches leave them out (ofputil_normalize_match).
 */
import { FIELDS } from '../flow/fields.table.ts';
import { meetsPrerequisite } from '../flow/packet-kind.ts';
import {
  clearMatchField,
  copyMatch,
  matchFieldMask,
  matchFieldValue,
  matchFlow,
  matchKey,
  setMatchField,
  type Match,
} from '../flow/match.ts';
import type { Field } from '../flow/field.ts';

/** Fields of packets beyond Ethernet; those of connections and of metadata stay whatever stands beside them. */
const DEPENDENT: readonly Field[] = Object.values<Field>(FIELDS).filter(
  ({ prerequisite, name }) =>
    prerequisite !== 'none' && prerequisite !== 'ethernet' && !name.startsWith('ct_'),
);

/** The match itself when nothing is to be left out. */
export function normalizeMatch(match: Match): Match {
  const flow = matchFlow(match);
  const used = DEPENDENT.filter((field) => matchFieldMask(match, field) !== 0n);
  const isMeant = (field: Field): boolean => meetsPrerequisite(flow, field.prerequisite);
  const idle = used.filter((field) => !isMeant(field));
  if (idle.length === 0) return match;
  const normal = copyMatch(match);
  for (const field of idle) clearMatchField(normal, field);
  // Fields of several protocols share their bits.
  for (const field of used)
    if (isMeant(field))
      setMatchField(normal, field, matchFieldValue(match, field), matchFieldMask(match, field));
  return matchKey(normal) === matchKey(match) ? match : normal;
}
