/** Opening database files that a user dropped: what they hold, and clear refusals with the place of the damage. */
import { createRandom } from '../../core/base/random.ts';
import { readDatabaseFile, type Database } from '../../core/ovsdb/index.ts';
import type { CallContext } from './call.ts';
import { Refused } from './refused.ts';

export interface OpenedFile {
  readonly name: string;
  readonly octets: Uint8Array;
  readonly database: Database;
}

const OVN = ['OVN_Northbound', 'OVN_Southbound', 'Open_vSwitch'];

/** All of them, or a `Refused` that names the first file that cannot be used. */
export function decodeDatabaseFiles(
  files: readonly { readonly name: string; readonly octets: Uint8Array }[],
  context: CallContext,
): OpenedFile[] {
  if (files.length === 0) throw new Refused('No file was given.');
  const opened: OpenedFile[] = [];
  for (const [index, { name, octets }] of files.entries()) {
    context.progress(index, files.length, name);
    const file = readDatabaseFile(octets, { name, random: createRandom(1) });
    if (!file.ok) {
      const { message, place } = file.error;
      throw new Refused(message, place?.offset === undefined ? name : `${name}, octet ${place.offset}`);
    }
    const { database, problem } = file.value;
    if (problem)
      throw new Refused(
        problem.message,
        problem.place?.offset === undefined ? name : `${name}, octet ${problem.place.offset}`,
      );
    if (!OVN.includes(database.schema.name))
      throw new Refused(
        `This is a database ${database.schema.name}. Hopscope opens ${OVN.join(', ')}.`,
        name,
      );
    if (opened.some((other) => other.database.schema.name === database.schema.name))
      throw new Refused(`Two files hold a database ${database.schema.name}. Open one of them.`, name);
    opened.push({ name, octets, database });
  }
  return opened;
}
