/**
 * The log of a clustered database (ovsdb(5), "Clustered Databases"): a header with a snapshot, then Raft records. What
 * counts is the sequence of data entries: a later entry with an index that is there already truncates the log to it.
 */
import type { Problem } from '../base/result.ts';
import type { LogRecord } from './log-file.ts';
import { isArray, isObject, type Json, type JsonObject } from './value-json.ts';

/** One entry of data: a schema that begins the database anew, a transaction, or both. */
interface ClusterEntry {
  readonly offset: number;
  readonly index: number;
  readonly schema: JsonObject | null;
  readonly transaction: JsonObject | null;
}

/** What the header tells about the server whose file this is. */
export interface ClusterServer {
  readonly name: string;
  readonly serverId: string;
  readonly clusterId: string | null;
  readonly address: string;
  /** Addresses of all servers by server id, newest configuration. */
  readonly servers: ReadonlyMap<string, string>;
  /** A server made with join-cluster that has not joined yet has no data. */
  readonly isJoining: boolean;
  readonly term: number;
  readonly commitIndex: number;
}

export interface ClusterLog {
  readonly server: ClusterServer | undefined;
  readonly entries: readonly ClusterEntry[];
  readonly problem: Problem | undefined;
}

const numberIn = (json: JsonObject, name: string): number => {
  const value = json[name];
  return typeof value === 'number' ? value : 0;
};
const textIn = (json: JsonObject, name: string): string => {
  const value = json[name];
  return typeof value === 'string' ? value : '';
};

function serversIn(json: Json | undefined): ReadonlyMap<string, string> | undefined {
  if (!isObject(json)) return undefined;
  return new Map(
    Object.entries(json).map(([id, address]) => [id, typeof address === 'string' ? address : '']),
  );
}

type EntryData = Pick<ClusterEntry, 'schema' | 'transaction'>;

/** `[schema or null, transaction or null]`; an entry without data changes servers or timers only. */
function dataOf(json: Json | undefined): EntryData | undefined | 'wrong' {
  if (json === undefined || json === null) return undefined;
  if (!isArray(json) || json.length !== 2) return 'wrong';
  const [schema = null, transaction = null] = json;
  if ((schema !== null && !isObject(schema)) || (transaction !== null && !isObject(transaction)))
    return 'wrong';
  return { schema, transaction };
}

/** Follows the records of a clustered file. */
export function followCluster(records: readonly LogRecord[], name: string): ClusterLog {
  const [header, ...rest] = records;
  if (header === undefined) return { server: undefined, entries: [], problem: undefined };
  const { json } = header;
  const fail = (message: string, offset: number, known: Omit<ClusterLog, 'problem'>): ClusterLog => ({
    ...known,
    problem: { message, place: { offset, file: name } },
  });
  const isJoining = json['remote_addresses'] !== undefined;
  let servers = serversIn(json['prev_servers']);
  if (
    textIn(json, 'server_id') === '' ||
    textIn(json, 'name') === '' ||
    (!isJoining && servers === undefined)
  )
    return fail('syntax error: Parsing raft header failed: a required member is missing.', header.offset, {
      server: undefined,
      entries: [],
    });
  const start = numberIn(json, 'prev_index') + 1;
  const entries = new Map<number, ClusterEntry>();
  let end = start;
  let term = numberIn(json, 'prev_term');
  let commitIndex = start - 1;
  const known = (): Omit<ClusterLog, 'problem'> => ({
    server: {
      name: textIn(json, 'name'),
      serverId: textIn(json, 'server_id'),
      clusterId: textIn(json, 'cluster_id') || null,
      address: textIn(json, 'local_address'),
      servers: servers ?? new Map(),
      isJoining,
      term,
      commitIndex,
    },
    entries: [...entries.values()].sort((a, b) => a.index - b.index),
  });
  const snapshot = dataOf(json['prev_data']);
  if (snapshot === 'wrong') return fail('ovsdb error: invalid commit format', header.offset, known());
  if (snapshot !== undefined)
    entries.set(start - 1, { offset: header.offset, index: start - 1, ...snapshot });
  for (const [i, record] of rest.entries()) {
    const about = (details: string): ClusterLog =>
      fail(
        `ovsdb error: error reading record ${i + 1} from ${textIn(json, 'name')} log: ${details}`,
        record.offset,
        known(),
      );
    term = Math.max(term, numberIn(record.json, 'term'));
    commitIndex = Math.max(commitIndex, numberIn(record.json, 'commit_index'));
    const index = numberIn(record.json, 'index');
    if (index === 0) continue;
    if (index < commitIndex)
      return about(
        `record ${i + 1} attempts to truncate log from ${end} to ${index} entries, but commit index is already ${commitIndex}`,
      );
    if (index > end) return about(`record ${i + 1} with index ${index} skips past expected index ${end}`);
    for (let gone = index; gone < end; gone += 1) entries.delete(gone);
    end = index + 1;
    servers = serversIn(record.json['servers']) ?? servers;
    const data = dataOf(record.json['data']);
    if (data === 'wrong') return about('invalid commit format');
    if (data !== undefined) entries.set(index, { offset: record.offset, index, ...data });
  }
  return { ...known(), problem: undefined };
}
