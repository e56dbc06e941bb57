/** Which actions and instructions may stand together, and in what order, by the rules of OpenFlow. */
import type { Field } from '../../flow/field.ts';
import type { OfVersion } from '../protocol.table.ts';
import type { OuterAct } from './act-text.ts';
import type { ActKind, OfpAct } from './ofpact.ts';

/** A broken rule: the text that ovs-ofctl prints and the error that a switch answers with. */
export interface VerifyProblem {
  readonly text: string;
  readonly error: string;
}

export interface VerifyOptions {
  readonly version: OfVersion;
  /** Whether instructions (goto_table ...) are allowed beside actions. */
  readonly instructions: boolean;
  readonly outer: OuterAct;
}

/** The order in which OpenFlow carries out instructions; a list must keep to it. */
const INSTRUCTIONS = [
  'meter',
  'apply_actions',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
] as const;
const METER = 0;
const APPLY = 1;

function instructionOf(kind: ActKind, version: OfVersion): number {
  switch (kind) {
    case 'meter':
      return version >= 6 ? APPLY : METER;
    case 'clear_actions':
      return 2;
    case 'write_actions':
      return 3;
    case 'write_metadata':
      return 4;
    case 'goto_table':
      return 5;
    default:
      return APPLY;
  }
}

/** The field that an action writes, where one counts for nesting. */
function writtenField(act: OfpAct): Field | undefined {
  if (act.kind === 'set_field') return act.field;
  return act.kind === 'move' ? act.destination.field : undefined;
}

const needsCt = (field: Field): boolean => field.name === 'ct_mark' || field.name === 'ct_label';

function verifyNested(act: OfpAct, outer: OuterAct): VerifyProblem | undefined {
  const field = writtenField(act);
  if (field && needsCt(field) && outer !== 'ct')
    return { text: 'cannot set CT fields outside of ct action', error: 'OFPBAC_BAD_SET_ARGUMENT' };
  if (act.kind === 'nat')
    return outer === 'ct'
      ? undefined
      : { text: 'Cannot have NAT action outside of "ct" action', error: 'OFPBAC_BAD_SET_ARGUMENT' };
  if (outer === 'ct') {
    if (!field) return unsupportedNesting(outer, act.kind);
    if (!needsCt(field))
      return {
        text: `${outer} action doesn't support nested modification of ${field.name}`,
        error: 'OFPBAC_BAD_ARGUMENT',
      };
  }
  return outer !== 'none' && act.kind === 'meter' ? unsupportedNesting(outer, act.kind) : undefined;
}

const unsupportedNesting = (outer: OuterAct, kind: ActKind): VerifyProblem => ({
  text: `${outer} action doesn't support nested action ${kind}`,
  error: 'OFPBAC_BAD_ARGUMENT',
});

/** The first rule that `actions` break; nested lists are taken to be verified already. */
export function verifyActions(actions: readonly OfpAct[], options: VerifyOptions): VerifyProblem | undefined {
  let current = METER;
  for (const [index, act] of actions.entries()) {
    if (act.kind === 'conjunction') {
      const other = actions.find(
        (candidate) => candidate.kind !== 'conjunction' && candidate.kind !== 'note',
      );
      return other
        ? {
            text: `"conjunction" actions may be used along with "note" but not any other kind of action (such as the "${other.kind}" action used here)`,
            error: 'NXBAC_BAD_CONJUNCTION',
          }
        : undefined;
    }
    const nested = verifyNested(act, options.outer);
    if (nested) return nested;
    const next = instructionOf(act.kind, options.version);
    if (index > 0 && (current === APPLY ? next < current : next <= current)) {
      const [name, nextName] = [INSTRUCTIONS[current], INSTRUCTIONS[next]];
      return {
        text:
          next === current
            ? `duplicate ${name} instruction not allowed, for OpenFlow 1.1+ compatibility`
            : `invalid instruction ordering: ${nextName} must appear before ${name}, for OpenFlow 1.1+ compatibility`,
        error: 'OFPBAC_UNSUPPORTED_ORDER',
      };
    }
    if (!options.instructions && next > APPLY)
      return { text: `${INSTRUCTIONS[next]} instruction not allowed here`, error: 'OFPBIC_UNSUP_INST' };
    current = next;
  }
  return undefined;
}
