/** The recorded databases that scenarios start with; each is loaded when it is first asked for. */
import { asNb, asSb, readDatabaseFile, type Database } from '../../core/ovsdb/index.ts';
import type { OpenedDatabases } from '../../core/sim/index.ts';
import type { RecordedDatabases } from '../../scenarios/scenario.ts';

interface Texts {
  readonly nb: () => Promise<{ readonly default: string }>;
  readonly sb: () => Promise<{ readonly default: string }>;
}

const FILES: Readonly<Record<RecordedDatabases, Texts>> = {
  'provider-flat-20.12': {
    nb: () => import('../../../golden/eras/20.12/provider-flat-nd/ovnnb_db.db?raw'),
    sb: () => import('../../../golden/eras/20.12/provider-flat-nd/ovnsb_db.db?raw'),
  },
};

function read(text: string): Database {
  const file = readDatabaseFile(new TextEncoder().encode(text));
  if (!file.ok) throw new Error(file.error.message);
  return file.value.database;
}

export async function loadDatabases(name: RecordedDatabases): Promise<OpenedDatabases> {
  const [nb, sb] = await Promise.all([FILES[name].nb(), FILES[name].sb()]);
  const asked = { nb: asNb(read(nb.default)), sb: asSb(read(sb.default)) };
  if (!asked.nb.ok || !asked.sb.ok) throw new Error(`${name}: not the databases of a deployment`);
  return { nb: asked.nb.value, sb: asked.sb.value };
}
