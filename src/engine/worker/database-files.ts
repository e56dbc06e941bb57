/** Opening database files that a user dropped: what they hold, and clear refusals with the place of the damage. */
import { createRandom } from '../../core/base/random.ts';
import type { Problem } from '../../core/base/result.ts';
import { readDatabaseFile, type Database } from '../../core/ovsdb/index.ts';
import type { CallContext } from './call.ts';
import { gunzip, isGzip, TooLarge } from './gzip.ts';
import { Refused } from './refused.ts';

export interface NamedOctets {
  readonly name: string;
  readonly octets: Uint8Array;
}

/** `octets` are those of the database itself, unpacked. */
export interface OpenedFile extends NamedOctets {
  readonly database: Database;
}

const OVN = ['OVN_Northbound', 'OVN_Southbound', 'Open_vSwitch'];
const CHOOSE_ANOTHER =
  'Choose an OVN or Open vSwitch database (ovnnb_db.db, ovnsb_db.db, conf.db), as it is or packed with gzip, or a picture saved here.';
const COPY_AGAIN = 'Copy the file again, or take a fresh copy with “ovsdb-client backup”.';

/** All of them, or a `Refused` that names the first file that cannot be used. */
export async function decodeDatabaseFiles(
  files: readonly NamedOctets[],
  context: CallContext,
): Promise<OpenedFile[]> {
  if (files.length === 0) throw new Refused('No file was given.', '', { remedy: CHOOSE_ANOTHER });
  const opened: OpenedFile[] = [];
  for (const [index, file] of files.entries()) {
    context.progress(index, files.length, file.name);
    const { name, octets } = await unpacked(file);
    const database = readOne(name, octets);
    if (opened.some((other) => other.database.schema.name === database.schema.name))
      throw new Refused(`Two files hold a database ${database.schema.name}.`, name, {
        remedy: 'Open one of them.',
      });
    opened.push({ name, octets, database });
  }
  return opened;
}

async function unpacked(file: NamedOctets): Promise<NamedOctets> {
  if (!isGzip(file.octets)) return file;
  try {
    return { name: file.name.replace(/\.gz$/i, ''), octets: await gunzip(file.octets) };
  } catch (error) {
    if (error instanceof TooLarge)
      throw new Refused('Unpacked, this file is larger than 1 GiB.', file.name, { remedy: CHOOSE_ANOTHER });
    throw new Refused('The gzip data is cut or damaged.', file.name, { remedy: COPY_AGAIN });
  }
}

function readOne(name: string, octets: Uint8Array): Database {
  const file = readDatabaseFile(octets, { name, random: createRandom(1) });
  // Where not even the first record can be read, it is no database; past that, a database that is damaged.
  if (!file.ok) throw refusal(name, file.error, CHOOSE_ANOTHER);
  const { database, problem } = file.value;
  if (problem) throw refusal(name, problem, COPY_AGAIN);
  if (!OVN.includes(database.schema.name))
    throw new Refused(`This is a database ${database.schema.name}.`, name, { remedy: CHOOSE_ANOTHER });
  return database;
}

function refusal(name: string, { message, place }: Problem, remedy: string): Refused {
  return new Refused(message, place?.offset === undefined ? name : `${name}, octet ${place.offset}`, {
    remedy,
  });
}
