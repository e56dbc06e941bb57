/**
 * Kind `detrace`: recorded traces piped through ovn-detrace, which reads the recorded databases. Texts must be equal.
 * The recordings do not ask for interfaces (`--ovs`).
 */
import { err, ok } from '../../core/base/result.ts';
import { readDatabaseFile, type Database } from '../../core/ovsdb/index.ts';
import { ovnDetrace } from '../../core/shell/ovn-detrace/ovn-detrace.ts';
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';
import { silentContext } from './ofproto-replay.ts';

/** Cases with databases, of this release and of older ones. */
function casesOf(folder: GoldenFolder): string[] {
  const eras = folder
    .list('eras')
    .filter((name) => !name.includes('.md'))
    .flatMap((release) => folder.list(`eras/${release}`).map((name) => `eras/${release}/${name}`));
  return [...folder.list('ovn').map((name) => `ovn/${name}`), ...eras];
}

function openDatabase(folder: GoldenFolder, path: string, name: string): Database | undefined {
  if (!folder.exists(path)) return undefined;
  const file = readDatabaseFile(folder.octets(path), { name });
  if (!file.ok) throw new Error(`${path}: ${file.error.message}`);
  return file.value.database;
}

function detrace(databases: ReadonlyMap<string, Database>, trace: string): string {
  let out = '';
  const database = (name: string) => {
    const found = databases.get(name);
    return found ? ok(found) : err('No such file or directory');
  };
  ovnDetrace({
    argv: ['ovn-detrace', '--ovnsb=unix:sb', '--ovnnb=unix:nb'],
    stdin: trace,
    output: { out: (text) => void (out += text), err: (text) => void (out += text) },
    context: silentContext(),
    host: { connect: database, variable: () => undefined },
    namespace: '',
  });
  return out;
}

function* runCase(folder: GoldenFolder, path: string): Generator<Point> {
  const nb = openDatabase(folder, `${path}/ovnnb_db.db`, 'OVN_Northbound');
  const sb = openDatabase(folder, `${path}/ovnsb_db.db`, 'OVN_Southbound');
  const databases = new Map(
    [nb, sb].flatMap((database) => (database ? [[database.schema.name, database] as const] : [])),
  );
  for (const chassis of folder.list(`${path}/chassis`)) {
    const at = `${path}/chassis/${chassis}`;
    for (const file of folder.list(`${at}/ofproto-trace`)) {
      const id = `${at}/ofproto-trace/${file}`;
      const { out, detrace: expected } = JSON.parse(folder.text(id)) as { out: string; detrace?: string };
      if (expected === undefined) continue;
      const actual = detrace(databases, out);
      yield actual === expected
        ? { kind: 'detrace', id, pass: true }
        : { kind: 'detrace', id, pass: false, why: firstDifference(expected, actual) };
    }
  }
}

export const detraceRunner: Runner = {
  kinds: ['detrace'],
  *run(folder, wanted) {
    if (!wanted('detrace')) return;
    for (const path of casesOf(folder)) yield* runCase(folder, path);
  },
};
