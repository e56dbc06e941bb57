/** The tabs of a chosen thing: what is told of it, by kind, in the order in which one asks. */
import type { SectionKind, Subject, SubjectSection } from '../../engine/protocol.ts';

/** `all` shows every section; `captures` and `made` are the page's own. */
export type KindTab = 'all' | SectionKind | 'captures' | 'made';

const TEXTS = {
  all: 'All',
  device: 'Device',
  addresses: 'Addresses',
  routes: 'Routes',
  neighbours: 'Neighbours',
  fdb: 'FDB',
  openflow: 'OpenFlow',
  'logical-flows': 'Logical flows',
  conntrack: 'Conntrack',
  database: 'Databases',
  bgp: 'BGP',
  captures: 'Captures',
  made: 'What made this',
} as const satisfies Record<KindTab, string>;

const ORDER = Object.keys(TEXTS) as readonly KindTab[];

/** The tabs that there is something for; sections of one kind alone need none but themselves. */
export function kindTabs(
  sections: readonly SubjectSection[],
  has: { readonly captures: boolean; readonly made: boolean },
): readonly { readonly id: KindTab; readonly text: string }[] {
  const told = new Set<KindTab>(sections.map(({ kind }) => kind));
  if (told.size > 0) told.add('all');
  if (has.captures) told.add('captures');
  if (has.made) told.add('made');
  return ORDER.filter((kind) => told.has(kind)).map((id) => ({ id, text: TEXTS[id] }));
}

/** The northbound row that a logical thing is. */
export function northboundRow(
  subject: Subject,
): { readonly database: string; readonly table: string; readonly uuid: string } | null {
  const of = (table: string, uuid: string) => ({ database: 'OVN_Northbound', table, uuid });
  switch (subject.kind) {
    case 'logical-switch':
      return of('Logical_Switch', subject.uuid);
    case 'logical-router':
      return of('Logical_Router', subject.uuid);
    case 'logical-port':
      return of('Logical_Switch_Port', subject.uuid);
    default:
      return null;
  }
}
