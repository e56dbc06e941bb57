/** What outputs did not tell: of which thing of the picture, and in which words. */
import type { Subject } from '../engine/protocol.ts';
import type { WorldSnapshot } from '../engine/snapshot.ts';
import { subjectId } from './subject-id.ts';

/** Ids of things of which something is not known; a device that is a port of a switch is both. */
export function unknownIds({ unknown, hosts }: WorldSnapshot): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { subject } of unknown) {
    ids.add(subjectId(subject));
    if (subject.kind !== 'link') continue;
    for (const bridge of hosts.find(({ name }) => name === subject.host)?.bridges ?? [])
      if (bridge.ports.some(({ name }) => name === subject.device))
        ids.add(subjectId({ kind: 'port', host: subject.host, bridge: bridge.name, port: subject.device }));
  }
  return ids;
}

/** What is not known of a thing; of a machine also what is not known of anything in it. */
export function unknownOf(subject: Subject, { unknown }: WorldSnapshot): readonly string[] {
  switch (subject.kind) {
    case 'host':
      return unknown.filter((one) => one.subject.host === subject.host).map(({ text }) => text);
    case 'link':
    case 'port': {
      const device = subject.kind === 'link' ? subject.device : subject.port;
      return unknown
        .filter(
          ({ subject: one }) => one.kind === 'link' && one.host === subject.host && one.device === device,
        )
        .map(({ text }) => text);
    }
    default:
      return [];
  }
}
