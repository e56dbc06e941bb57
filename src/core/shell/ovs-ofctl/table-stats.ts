/** `dump-tables`, `dump-table-desc` and `mod-table`: the flow tables of a bridge, those that are alike in one line. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { TABLES } from '../../ofproto/bridge/flow-tables.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead } from './protocol.ts';
import { featuresText, isLikeBefore } from './table-features.ts';

function statsText(bridge: Bridge, table: number): string {
  const { matched = 0, missed = 0 } = bridge.tables.stats.get(table) ?? {};
  const active = bridge.tables.classifier(table)?.size ?? 0;
  return `    active=${active}, lookup=${matched + missed}, matched=${matched}\n`;
}

export function dumpTables(bridge: Bridge, { version }: OfctlOptions): string {
  const blocks: string[] = [];
  let before = '';
  let first = 0;
  const ditto = (last: number): void => {
    if (last < first) return;
    blocks.push(last === first ? `  table ${first}: ditto\n` : `  tables ${first}...${last}: ditto\n`);
  };
  for (let table = 0; table < TABLES; table += 1) {
    const stats = statsText(bridge, table);
    if (stats === before && isLikeBefore(table, version)) continue;
    ditto(table - 1);
    blocks.push(`  table ${table}:\n${stats}${featuresText(table, version)}`);
    before = stats;
    first = table + 1;
  }
  ditto(TABLES - 1);
  return `${messageHead('OFPST_TABLE reply', version)}\n${blocks.join('\n')}`;
}

export function describeTables(bridge: Bridge, { version }: OfctlOptions): string {
  if (version < 5) throw new OfctlError("dump-table-desc needs OpenFlow 1.4 or later ('-O OpenFlow14')");
  const blocks = Array.from({ length: TABLES }, (_, table) => {
    const eviction = bridge.evictingTables.has(table) ? 'on' : 'off';
    return `  table ${table}:\n   eviction=${eviction} eviction_flags=OTHER|IMPORTANCE|LIFETIME\n   vacancy=off\n`;
  });
  return `${messageHead('OFPST_TABLE_DESC reply', version)}\n${blocks.join('\n')}`;
}

const MISS_SETTINGS = ['controller', 'continue', 'drop'];

/** Eviction on or off; what a miss does belongs to OpenFlow 1.1 and 1.2. */
export function modifyTable(bridge: Bridge, table: string, setting: string, { version }: OfctlOptions): void {
  if (setting === 'evict' || setting === 'noevict') {
    if (version < 5)
      throw new OfctlError(
        `table_mod '${setting}' requires one of the OpenFlow versions OpenFlow14, OpenFlow15`,
      );
    const numbers = table === 'all' ? Array.from({ length: TABLES }, (_, at) => at) : [Number(table)];
    for (const number of numbers)
      if (setting === 'evict') bridge.evictingTables.add(number);
      else bridge.evictingTables.delete(number);
    return;
  }
  if (MISS_SETTINGS.includes(setting)) {
    if (version !== 2 && version !== 3)
      throw new OfctlError(
        `table_mod '${setting}' requires one of the OpenFlow versions OpenFlow11, OpenFlow12`,
      );
    throw new OfctlError(`mod-table ${setting} is not modelled here`);
  }
  if (setting.startsWith('vacancy:')) throw new OfctlError('vacancy events are not modelled here');
  throw new OfctlError(`invalid table_mod setting ${setting}`);
}
