/** The logical flow behind an OpenFlow cookie: a cookie is the first 32 bits of the row's uuid. */
import type { RowRef } from '../../../base/step.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbDatabase } from '../../../ovsdb/index.ts';

export class LflowRows {
  private source: SbDatabase | undefined;
  private version = -1;
  private readonly byCookie = new Map<string, Uuid>();

  /** A reference to the row, or none while the database does not hold it. */
  find(sb: SbDatabase, cookie: bigint, host: string): readonly RowRef[] {
    const key = cookie.toString(16).padStart(8, '0');
    const known = this.byCookie.get(key);
    const isStale = this.source !== sb || this.version !== sb.version;
    if (isStale && (known === undefined || !sb.get('Logical_Flow', known))) this.rebuild(sb);
    const uuid = this.byCookie.get(key);
    const row = uuid === undefined ? undefined : sb.get('Logical_Flow', uuid);
    if (!row) return [];
    const stage = row.external_ids.get('stage-name') ?? '';
    const table = `table=${row.table_id}(${stage}), priority=${row.priority}`;
    return [
      {
        kind: 'ovsdb',
        database: 'OVN_Southbound',
        host,
        table: 'Logical_Flow',
        uuid: row._uuid,
        text: `${table}, match=(${row.match}), actions=(${row.actions})`,
      },
    ];
  }

  private rebuild(sb: SbDatabase): void {
    this.source = sb;
    this.version = sb.version;
    this.byCookie.clear();
    for (const { _uuid } of sb.rows('Logical_Flow')) this.byCookie.set(_uuid.slice(0, 8), _uuid);
  }
}
