/** What a row is called for a person: its name, or what tells it from others of its table. */
import type { Row } from '../../../core/ovsdb/index.ts';
import { formatBare, type ColumnType, type Value } from '../../../core/ovsdb/index.ts';

/** The first of these that a table has and a row fills names it. */
const NAMING = [
  'name',
  'logical_port',
  'chassis_name',
  'hostname',
  'ip_prefix',
  'external_ip',
  'match',
  'cidr',
  'ip',
  'target',
  'nexthop',
  'prefix',
] as const;

export interface Labelled {
  readonly schema: {
    readonly tables: Readonly<
      Record<string, { readonly columns: Readonly<Record<string, { readonly type: ColumnType }>> }>
    >;
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const stageOf = (row: Row): string => {
  const ids = row['external_ids'];
  return ids instanceof Map ? textOf(ids.get('stage-name')) : '';
};

export function rowLabel(database: Labelled, table: string, row: Row): string {
  const columns = database.schema.tables[table]?.columns ?? {};
  if (table === 'Logical_Flow') return `${stageOf(row)} ${textOf(row['match'])}`;
  for (const name of NAMING) {
    const type = columns[name]?.type;
    const value = row[name] as Value | undefined;
    if (type === undefined || value === undefined) continue;
    const text = formatBare(value, type);
    if (text !== '') return text;
  }
  return row._uuid.slice(0, 8);
}
