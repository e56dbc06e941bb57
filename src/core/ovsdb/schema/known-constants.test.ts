import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readLog } from '../log-file.ts';
import { schemaJson } from '../schema-json.ts';
import type { Schema } from '../schema.ts';
import type { JsonObject } from '../value-json.ts';
import { nbSchema } from './northbound.table.ts';
import { sbSchema } from './southbound.table.ts';
import { vswitchSchema } from './vswitch.table.ts';

const golden = new URL('../../../../golden/', import.meta.url);

/** The same schema written in one way: order of words in enums, and what is the default, make no difference. */
function plain(json: unknown): unknown {
  if (Array.isArray(json))
    return json[0] === 'set' && Array.isArray(json[1])
      ? ['set', (json[1] as string[]).toSorted((a, b) => (a < b ? -1 : 1))]
      : json.map(plain);
  if (typeof json !== 'object' || json === null) return json;
  const members = Object.entries(json)
    .filter(([name, value]) => !(name === 'refType' && value === 'strong'))
    .map(([name, value]) => [name, plain(value)] as const);
  const [only] = members;
  if (members.length === 1 && (only?.[0] === 'key' || only?.[0] === 'type')) return only[1];
  return Object.fromEntries(members);
}

function check(path: string, schema: Schema): void {
  const [first] = readLog(readFileSync(new URL(path, golden)), path).records;
  const recorded = first?.json as JsonObject;
  expect(recorded['version']).toBe(schema.version);
  expect(plain(schemaJson(schema))).toEqual(plain(recorded));
}

const [someCase] = readdirSync(new URL('ovn/', golden)).toSorted();
const [someChassis] = readdirSync(new URL(`ovn/${someCase}/chassis/`, golden)).toSorted();

it('the constants are the schemas that the real programs wrote into their files', () => {
  check(`ovn/${someCase}/ovnnb_db.db`, nbSchema);
  check(`ovn/${someCase}/ovnsb_db.db`, sbSchema);
  check(`ovn/${someCase}/chassis/${someChassis}/conf.db`, vswitchSchema);
});

it('the comparison notices a constraint that is missing', () => {
  expect(plain({ key: { type: 'integer', minInteger: 0 } })).not.toEqual(plain({ key: 'integer' }));
  expect(plain({ type: 'uuid', refType: 'weak' })).not.toEqual(plain({ type: 'uuid', refType: 'strong' }));
});
