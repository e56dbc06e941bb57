/** The tables that a run met: of each bridge and each part of a machine on its way, as its own commands print them. */
import type { Step } from '../../core/base/step.ts';
import type { SectionKind, Subject } from '../../engine/protocol.ts';
import type { Report } from '../../export/index.ts';
import { subjectId } from '../../view/index.ts';
import type { Session } from '../engine/session.ts';

/** Flow tables are told by the rows that decided; whole databases belong to no report. */
const TOLD: ReadonlySet<SectionKind> = new Set(['routes', 'neighbours', 'fdb', 'conntrack']);
/** A longer one is cut, and says so. */
const MOST_LINES = 100;

/** In the order in which the run comes to them. */
export function subjectsOfRun(steps: readonly Step[]): readonly Subject[] {
  const found = new Map<string, Subject>();
  for (const { where } of steps) {
    const { host, namespace = '', bridge } = where;
    const subject: Subject =
      bridge === undefined
        ? namespace === ''
          ? { kind: 'host', host }
          : { kind: 'namespace', host, namespace }
        : { kind: 'bridge', host, bridge };
    const id = subjectId(subject);
    if (host !== '' && !found.has(id)) found.set(id, subject);
  }
  return [...found.values()];
}

export function cut(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length <= MOST_LINES
    ? text
    : [...lines.slice(0, MOST_LINES), `(and ${lines.length - MOST_LINES} more lines)`].join('\n');
}

/** As they stand when asked; those that hold nothing are left out. */
export async function reportTables(session: Session, steps: readonly Step[]): Promise<Report['tables']> {
  const subjects = subjectsOfRun(steps);
  const answers = await Promise.all(
    subjects.map((subject) => session.call('inspect', { subject, at: null }).catch(() => [])),
  );
  const tables = new Map<string, Report['tables'][number]>();
  answers.forEach((sections, at) => {
    const subject = subjects[at];
    const host = subject && 'host' in subject ? subject.host : '';
    for (const { kind, command, text } of sections)
      if (TOLD.has(kind) && text.trim() !== '')
        tables.set(`${host} ${command}`, { host, command, text: cut(text) });
  });
  return [...tables.values()];
}
