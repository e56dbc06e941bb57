/** Routing policies of a router: which of them are valid, their chains, and the next hops that can be used. */
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import { inHashOrder } from '../incremental/ovs-order.ts';
import type { Base } from './base.ts';
import type { BfdModel, BfdStatus } from './bfd.ts';
import { sameList } from './config.ts';
import type { DatapathModel } from './datapaths.ts';
import { uuidHash } from './keys.ts';
import type { PortModel } from './ports.ts';
import type { RouteModel } from './routes.ts';

export interface PolicyHop {
  readonly text: string;
  readonly family: 4 | 6;
  readonly port: Uuid;
  /** The router's own address towards the next hop. */
  readonly address: string;
}

export interface Policy {
  readonly row: NbRow<'Logical_Router_Policy'>;
  /** The chain it belongs to, 0 for the first; undefined where no router has chains yet. */
  readonly chain: number | undefined;
  readonly jump: number;
  readonly hops: readonly PolicyHop[];
}

export interface PolicyModel {
  /** Valid policies in the order in which groups of next hops are numbered. */
  readonly policies: (lr: Uuid) => readonly Policy[];
  /** Some route or policy stands on a BFD session. */
  readonly isBfdUsed: (key: string) => boolean;
  /** The state of a session for users. */
  readonly bfdStatus: (session: NbRow<'BFD'>) => BfdStatus;
  /** BFD sessions on which policies stand. */
  readonly policySessions: (lr: Uuid) => readonly Uuid[];
}

type PolicyRow = NbRow<'Logical_Router_Policy'>;

export function definePolicies(
  base: Base,
  m: DatapathModel & PortModel & BfdModel & RouteModel,
): PolicyModel {
  const { graph, nb } = base;
  const rowsOf = (lr: Uuid): readonly PolicyRow[] =>
    nb.rows('Logical_Router_Policy', m.router(lr)?.policies ?? []);
  const routersInOrder = graph.query('routers in order', () => inHashOrder(m.routers(), uuidHash), {
    equal: sameList,
  });
  const chainNames = graph.query(
    'policy chains of router',
    (lr: Uuid) => [
      ...new Set(
        rowsOf(lr)
          .map((row) => row.chain)
          .filter((name) => name !== null && name !== ''),
      ),
    ],
    { equal: sameList },
  );
  const chains = graph.entries('policy chains', () => {
    const numbers = new Map<string, number>();
    for (const lr of routersInOrder(''))
      for (const name of chainNames(lr))
        if (name !== null && !numbers.has(name)) numbers.set(name, numbers.size + 1);
    return numbers;
  });
  /** How many chains were known when a router's policies were read: later ones do not exist for it. */
  const knownChains = graph.entries('known policy chains', () => {
    const counts = new Map<string, number>();
    const seen = new Set<string | null>();
    for (const lr of routersInOrder('')) {
      for (const name of chainNames(lr)) seen.add(name);
      counts.set(lr, seen.size);
    }
    return counts;
  });

  /** The session that watches a next hop. */
  const sessionOf = (row: PolicyRow, port: Uuid, hop: string): NbRow<'BFD'> | undefined =>
    nb
      .rows('BFD', row.bfd_sessions)
      .find((session) => session.dst_ip === hop && session.logical_port === m.lrp(port)?.name);

  const findHops = (lr: Uuid, row: PolicyRow): readonly PolicyHop[] => {
    const output = nb.row('Logical_Router_Port', row.output_port)?.name;
    return row.nexthops.flatMap((text) => {
      const family = text.includes('.') ? 4 : 6;
      const way = text === '' ? undefined : m.wayTo(lr, output, text, family);
      return way === undefined ? [] : [{ text, family, ...way } as PolicyHop];
    });
  };
  const read = (lr: Uuid, row: PolicyRow): Policy | undefined => {
    if (row.nexthop !== null && row.nexthop !== '') return undefined;
    const known = knownChains('', lr) ?? 0;
    const numberOf = (name: string | null): number => {
      const number = name === null || name === '' ? 0 : (chains('', name) ?? 0);
      return number > known ? 0 : number;
    };
    const jump = row.action === 'jump' ? numberOf(row.jump_chain) : 0;
    if (row.action === 'jump' && jump === 0) return undefined;
    if (row.action === 'reroute' && row.output_port !== null && row.nexthops.length !== 1) return undefined;
    const hops =
      row.action !== 'reroute'
        ? []
        : findHops(lr, row).filter((hop) => {
            const session = sessionOf(row, hop.port, hop.text);
            return session === undefined || !m.isBfdDown(session);
          });
    if (row.action === 'reroute' && hops.length === 0) return undefined;
    return { row, chain: known === 0 ? undefined : numberOf(row.chain), jump, hops };
  };

  const valid = graph.query(
    'valid policies',
    (lr: Uuid): readonly Policy[] => rowsOf(lr).flatMap((row) => read(lr, row) ?? []),
    {
      equal: (a, b) =>
        a.length === b.length &&
        a.every((policy, at) => {
          const other = b[at];
          return (
            policy.row === other?.row &&
            policy.chain === other.chain &&
            policy.jump === other.jump &&
            sameList(policy.hops.map(hopText), other.hops.map(hopText))
          );
        }),
    },
  );
  // All policies of a router lie in one bucket of a table of those of all routers; it is turned round when it grows.
  const order = graph.entries('policy order', () => {
    const all = routersInOrder('').flatMap((lr) => valid(lr).map(({ row }) => ({ lr, uuid: row._uuid })));
    const uuids = new Map<string, string>();
    for (const { lr, uuid } of inHashOrder(all, (entry) => uuidHash(entry.lr)))
      uuids.set(lr, uuids.has(lr) ? `${uuids.get(lr)} ${uuid}` : uuid);
    return uuids;
  });
  const policies = (lr: Uuid): readonly Policy[] => {
    const byUuid = new Map(valid(lr).map((policy) => [policy.row._uuid as string, policy]));
    return (order('', lr) ?? '').split(' ').flatMap((uuid) => byUuid.get(uuid) ?? []);
  };
  const policySessions = graph.query(
    'bfd of policies',
    (lr: Uuid) =>
      rowsOf(lr).flatMap((row) =>
        row.action !== 'reroute'
          ? []
          : findHops(lr, row).flatMap((hop) => sessionOf(row, hop.port, hop.text)?._uuid ?? []),
      ),
    { equal: sameList },
  );
  const usedSessions = graph.entries('used bfd sessions', () => {
    const used = new Map<string, true>();
    for (const lr of m.routers())
      for (const row of nb.rows('BFD', [...m.routeSessions(lr), ...policySessions(lr)]))
        used.set(m.bfdKey(row), true);
    return used;
  });
  const isBfdUsed = (key: string): boolean => usedSessions('', key) === true;
  const bfdStatus = (session: NbRow<'BFD'>): BfdStatus => {
    const key = m.bfdKey(session);
    if (!isBfdUsed(key)) return 'admin_down';
    const reported = m.reportedBfd(key) ?? 'admin_down';
    return reported === 'admin_down' ? 'down' : reported;
  };
  return { policies, policySessions, isBfdUsed, bfdStatus };
}

const hopText = (hop: PolicyHop): string => `${hop.text} ${hop.port} ${hop.address}`;

/** Whether the family of a next hop is the one of the first. */
export const isOneFamily = (hops: readonly PolicyHop[]): boolean =>
  hops.every((hop) => hop.family === hops[0]?.family);
