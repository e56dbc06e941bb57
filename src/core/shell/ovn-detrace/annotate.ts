/**
 * ovn-detrace's reading of a trace: each line is repeated, and at the end of a flow's block stands what its cookie and
 * ports mean. Before OVN 25.09 lines lost their indentation and only traces were understood, not dumps of flows.
 */
import { PYTHON_SPACE } from '../python-space.ts';
import type { InterfaceNotes } from './interfaces.ts';
import type { Note } from './records.ts';

/** How a release prints. */
type DetraceForm = 'flat' | 'indented';

export interface Annotation {
  readonly form: DetraceForm;
  readonly notesOnCookie: (cookie: string) => readonly Note[];
  /** Undefined without `--ovs`. */
  readonly interfaces: InterfaceNotes | undefined;
}

const COOKIE = { flat: /^.*cookie 0x([0-9a-fA-F]+)/, indented: /^.*cookie[ =]0x([0-9a-fA-F]+)/ } as const;
/** The group takes one digit, so that of a longer number the last counts: as the real program has it. */
const IN_PORT = /^ *[0-9]+\. *in_port=([0-9])+/;
const OUTPUT = /^ *output:([0-9]+)/;
const TABLE = /^ *[0-9]+\./;

const SPACE_AT_END = new RegExp(`${PYTHON_SPACE}+$`);
const SPACE_AT_START = new RegExp(`^${PYTHON_SPACE}+`);

const trimmedEnd = (line: string): string => line.replace(SPACE_AT_END, '');
const trimmed = (line: string): string => trimmedEnd(line.replace(SPACE_AT_START, ''));

function noteText({ level, text }: Note, form: DetraceForm, depth: number): string {
  const extra = level === 'about' ? 2 : 3;
  return form === 'flat' ? `${' '.repeat(extra)}*  ${text}\n` : `${' '.repeat(depth * 4 + extra)}* ${text}\n`;
}

/** The whole output for what stands on standard input. */
export function annotate(input: string, { form, notesOnCookie, interfaces }: Annotation): string {
  const lines = input.split('\n');
  // What ends with a newline has no further line; the end of the input is one empty line.
  if (lines.at(-1) !== '') lines.push('');
  const ofPort = (digits: string): readonly Note[] => {
    const text = interfaces?.get(Number(digits));
    return text === undefined ? [] : [{ level: 'about', text }];
  };
  let depth = 0;
  let pending: (() => readonly Note[])[] = [];
  let out = '';
  for (const line of lines) {
    const ends =
      TABLE.test(line) || trimmed(line) === '' || (form === 'indented' && COOKIE.indented.test(line));
    if (ends) {
      for (const notes of pending) for (const note of notes()) out += noteText(note, form, depth);
      pending = [];
    }
    out += `${form === 'flat' ? trimmed(line) : trimmedEnd(line)}\n`;
    const indented = (line.length - line.replace(/^ +/, '').length) >> 2;
    const take = (pattern: RegExp, notes: (digits: string) => readonly Note[]): void => {
      const digits = pattern.exec(line)?.[1];
      if (digits === undefined) return;
      depth = indented;
      pending.push(() => notes(digits));
    };
    take(COOKIE[form], notesOnCookie);
    if (!interfaces) continue;
    take(OUTPUT, ofPort);
    take(IN_PORT, ofPort);
  }
  return out;
}
