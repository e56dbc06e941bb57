/**
 * Kind `show`: what `ovn-nbctl show`, `ovn-sbctl show` and `ovs-vsctl show` print from recorded database files. The uuids are
 * those of the file, so texts must be equal; see `withoutEphemeral` for the one thing that a file cannot tell.
 */
import { asNb, asOvs, asSb, readDatabaseFile, type Database } from '../../core/ovsdb/index.ts';
import type { DatabaseHost } from '../../core/shell/ovsdb/host.ts';
import { ovnNbctl } from '../../core/shell/ovn-nbctl/ovn-nbctl.ts';
import { ovnSbctl } from '../../core/shell/ovn-sbctl/ovn-sbctl.ts';
import { ovsVsctl } from '../../core/shell/ovs-vsctl/ovs-vsctl.ts';
import { runOnDatabase } from '../../core/shell/ovsdb/run-alone.ts';
import type { Program } from '../../core/shell/program.ts';
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';

interface ShowFile {
  readonly text: string;
  readonly database: string;
  readonly argv: readonly string[];
  readonly program: Program<DatabaseHost>;
}

const NORTHBOUND = {
  database: 'ovnnb_db.db',
  text: 'nbctl-show.txt',
  argv: ['ovn-nbctl', 'show'],
  program: ovnNbctl,
};
const SOUTHBOUND = {
  database: 'ovnsb_db.db',
  text: 'sbctl-show.txt',
  argv: ['ovn-sbctl', 'show'],
  program: ovnSbctl,
};
const SWITCH = {
  database: 'conf.db',
  text: 'vsctl-show.txt',
  argv: ['ovs-vsctl', '--no-wait', 'show'],
  program: ovsVsctl,
};

function* showFiles(folder: GoldenFolder): Generator<ShowFile & { readonly path: string }> {
  const cases = [
    ...folder.list('ovn').map((name) => `ovn/${name}`),
    ...folder
      .list('eras')
      .filter((name) => !name.endsWith('.md'))
      .flatMap((era) => folder.list(`eras/${era}`).map((name) => `eras/${era}/${name}`)),
    ...folder.list('ofproto').map((name) => `ofproto/${name}`),
  ];
  for (const path of cases) {
    const hosts = folder.list(`${path}/chassis`).map((name) => `${path}/chassis/${name}`);
    const files = [
      { ...NORTHBOUND, path },
      { ...SOUTHBOUND, path },
      ...[path, ...hosts].map((host) => ({ ...SWITCH, path: host })),
    ];
    for (const file of files)
      if (folder.exists(`${file.path}/${file.text}`) && folder.exists(`${file.path}/${file.database}`))
        yield file;
  }
}

/** A database under our schema: files of other versions are carried over. */
function openDatabase(octets: Uint8Array, name: string): Database {
  const file = readDatabaseFile(octets, { name });
  if (!file.ok) throw new Error(file.error.message);
  if (file.value.problem !== undefined) throw new Error(file.value.problem.message);
  for (const as of [asNb, asSb, asOvs]) {
    const database = as(file.value.database);
    if (database.ok) return database.value as unknown as Database;
  }
  return file.value.database;
}

/** Lines that `ovs-vsctl show` prints from ephemeral columns, which database files do not hold. */
const EPHEMERAL_LINE = /^ +(bfd_status|is_connected): /;

/** The recorded text as a program can print it that has the file alone. */
export function withoutEphemeral(text: string): string {
  return text
    .split('\n')
    .filter((line) => !EPHEMERAL_LINE.test(line))
    .join('\n');
}

function check(folder: GoldenFolder, file: ShowFile & { readonly path: string }): Point {
  const id = `${file.path}/${file.text}`;
  try {
    const database = openDatabase(folder.octets(`${file.path}/${file.database}`), file.database);
    const printed = runOnDatabase(file.program, file.argv, database);
    const expected = withoutEphemeral(folder.text(id));
    const why = printed.err === '' ? firstDifference(expected, printed.out) : printed.err;
    return { kind: 'show', id, pass: expected === printed.out, why };
  } catch (error) {
    return { kind: 'show', id, pass: false, why: String(error) };
  }
}

export const showRunner: Runner = {
  kinds: ['show'],
  *run(folder, wanted) {
    if (!wanted('show')) return;
    for (const file of showFiles(folder)) yield check(folder, file);
  },
};
