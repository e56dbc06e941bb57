/** `dump-tables`, `dump-table-desc` and `dump-table-features`: the flow tables of a bridge, those that are alike in one line. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { TABLES } from '../../ofproto/bridge/flow-tables.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead } from './protocol.ts';
import { featuresBefore13, featuresSince13 } from './table-features.ts';

function statsText(bridge: Bridge, table: number): string {
  const { matched = 0, missed = 0 } = bridge.tables.stats.get(table) ?? {};
  const active = bridge.tables.classifier(table)?.size ?? 0;
  return `    active=${active}, lookup=${matched + missed}, matched=${matched}\n`;
}

/** A list of tables, those in a row that are like the one before in one line. `text` gives '' for such. */
function listTables(text: (table: number) => string): string {
  const blocks: string[] = [];
  let first = 0;
  const ditto = (last: number): void => {
    if (last < first) return;
    blocks.push(last === first ? `  table ${first}: ditto\n` : `  tables ${first}...${last}: ditto\n`);
  };
  for (let table = 0; table < TABLES; table += 1) {
    const own = text(table);
    if (own === '') continue;
    ditto(table - 1);
    blocks.push(`  table ${table}:\n${own}`);
    first = table + 1;
  }
  ditto(TABLES - 1);
  return blocks.join('\n');
}

/** Counters, and up to OpenFlow 1.2 what the tables can do. */
export function dumpTables(bridge: Bridge, { version }: OfctlOptions): string {
  let before = '';
  const list = listTables((table) => {
    const stats = statsText(bridge, table);
    const features = featuresBefore13(bridge, table, version);
    const isAlike = stats === before && features.isLikeBefore;
    before = stats;
    return isAlike ? '' : `${stats}${features.text}`;
  });
  return `${messageHead('OFPST_TABLE reply', version)}\n${list}`;
}

export function dumpTableFeatures({ version }: OfctlOptions): string {
  if (version < 4) throw new OfctlError("dump-table-features needs OpenFlow 1.3 or later ('-O OpenFlow13')");
  const list = listTables((table) => {
    const { text, isLikeBefore } = featuresSince13(table, version);
    return isLikeBefore ? '' : text;
  });
  return `${list}\n`;
}

export function describeTables(bridge: Bridge, { version }: OfctlOptions): string {
  if (version < 5) throw new OfctlError("dump-table-desc needs OpenFlow 1.4 or later ('-O OpenFlow14')");
  const blocks = Array.from({ length: TABLES }, (_, table) => {
    const eviction = bridge.evictingTables.has(table) ? 'on' : 'off';
    const levels = bridge.vacancies.get(table);
    // A table without a limit counts as empty.
    const vacancy = levels ? `on vacancy_down=${levels.down}% vacancy_up=${levels.up}% vacancy=100%` : 'off';
    return `  table ${table}:\n   eviction=${eviction} eviction_flags=OTHER|IMPORTANCE|LIFETIME\n   vacancy=${vacancy}\n`;
  });
  return `${messageHead('OFPST_TABLE_DESC reply', version)}\n${blocks.join('\n')}`;
}
