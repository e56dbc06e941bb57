/** BFD sessions: their state as chassis report it, and which routes and policies stand on them. */
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import type { Base } from './base.ts';
import type { DatapathModel } from './datapaths.ts';
import type { PortModel } from './ports.ts';

export type BfdStatus = NbRow<'BFD'>['status'] & string;

export interface BfdModel {
  /** The state of a session that somebody uses: down until a chassis says otherwise. */
  readonly isBfdDown: (session: NbRow<'BFD'>) => boolean;
  /** Some session runs on a router port. */
  readonly hasBfd: (port: string) => boolean;
  /** Sessions on ports that exist. */
  readonly bfdSessions: () => readonly Uuid[];
  readonly bfdKey: (session: NbRow<'BFD'>) => string;
  /** What the southbound row of a session says. */
  readonly reportedBfd: (key: string) => BfdStatus | undefined;
}

export function defineBfd(base: Base, m: DatapathModel & PortModel): BfdModel {
  const { graph, nb, sb } = base;
  const sessions = nb.all('BFD');
  const sessionsByPort = nb.index('BFD', (row) => [row.logical_port]);
  const reports = sb.index('BFD', (row) => [`${row.logical_port} ${row.dst_ip}`]);
  const reportedBfd = graph.query('bfd report', (key: string) => sb.row('BFD', reports(key)[0])?.status);
  const bfdKey = (session: NbRow<'BFD'>): string => `${session.logical_port} ${session.dst_ip}`;
  const exists = (port: string): boolean => {
    const lrp = m.lrpNamed(port);
    return lrp !== undefined && m.lrp(lrp) !== undefined && m.routerOfPort(lrp) !== undefined;
  };
  return {
    isBfdDown: (session) => {
      const status = reportedBfd(bfdKey(session)) ?? 'admin_down';
      return status === 'down' || status === 'admin_down';
    },
    hasBfd: graph.query('has bfd', (port: string) => sessionsByPort(port).length > 0 && exists(port)),
    bfdSessions: () => sessions().filter((uuid) => exists(nb.row('BFD', uuid)?.logical_port ?? '')),
    bfdKey,
    reportedBfd,
  };
}
