/** `mod-table`: what a miss does, whether a full table makes room, and when it tells of vacancy. */
import type { Bridge, TableMiss } from '../../ofproto/bridge/bridge.ts';
import { TABLES } from '../../ofproto/bridge/flow-tables.ts';
import type { OfVersion } from '../../ofproto/protocol.table.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { errorReply, SwitchError } from './refused-request.ts';

/** The number that stands for all tables. */
const ALL = 255;
/** The switch's own table. */
const HIDDEN = 254;

interface TableMod {
  /** The versions of OpenFlow that can say it. */
  readonly versions: readonly OfVersion[];
  /** What of it stands in a message. */
  readonly text: string;
  apply(bridge: Bridge, table: number): void;
}

const NAMES: Readonly<Record<OfVersion, string>> = {
  1: 'OpenFlow10',
  2: 'OpenFlow11',
  3: 'OpenFlow12',
  4: 'OpenFlow13',
  5: 'OpenFlow14',
  6: 'OpenFlow15',
};

const isMiss = (setting: string): setting is TableMiss =>
  setting === 'controller' || setting === 'continue' || setting === 'drop';

function levelOf(text: string | undefined, which: 'down' | 'up'): number {
  if (text === undefined) throw new OfctlError(`Vacancy ${which} value missing`);
  const value = /^(?:[1-9]\d*|0[0-7]*|0x[\da-f]+)$/i.test(text)
    ? Number(/^0\d/.test(text) ? `0o${text.slice(1)}` : text)
    : -1;
  if (value < 0 || value > 100) throw new OfctlError(`Invalid vacancy ${which} value "${text}"`);
  return value;
}

function vacancyOf(setting: string): { readonly down: number; readonly up: number } {
  const colon = setting.indexOf(':');
  const [downText, upText] = (colon < 0 ? '' : setting.slice(colon + 1)).split(',').filter(Boolean);
  const down = levelOf(downText, 'down');
  const up = levelOf(upText, 'up');
  if (down > up)
    throw new OfctlError(
      'Invalid vacancy range, vacancy up should be greater than vacancy down (OFPBPC_BAD_VALUE)',
    );
  return { down, up };
}

function read(table: number, setting: string): TableMod {
  if (isMiss(setting))
    return {
      versions: [2, 3],
      text: `flow_miss_config=${setting}`,
      apply: (bridge, at) => bridge.setTableMiss(at, setting),
    };
  if (setting === 'evict' || setting === 'noevict')
    return {
      versions: [5, 6],
      text: `eviction=${setting === 'evict' ? 'on' : 'off'}, vacancy=off`,
      apply: ({ evictingTables }, at) =>
        void (setting === 'evict' ? evictingTables.add(at) : evictingTables.delete(at)),
    };
  // Any beginning of the word will do.
  if ('vacancy'.startsWith(setting.split(':')[0] ?? '')) {
    const levels = vacancyOf(setting);
    return {
      versions: [5, 6],
      text: `eviction=off, vacancy=on vacancy:${levels.down},${levels.up}`,
      apply: ({ vacancies }, at) => void vacancies.set(at, levels),
    };
  }
  if (setting === 'novacancy')
    return {
      versions: [5, 6],
      text: 'eviction=off, vacancy=off',
      apply: ({ vacancies }, at) => void vacancies.delete(at),
    };
  if (table !== ALL && setting.startsWith('name:'))
    return {
      versions: [4, 5, 6],
      text: '',
      apply: () => {
        throw new OfctlError('names of tables are not modelled here');
      },
    };
  throw new OfctlError(`invalid table_mod setting ${setting}`);
}

function numberOf(text: string): number {
  if (text.toLowerCase() === 'all') return ALL;
  const number = /^(?:\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : -1;
  if (number < 0 || number > ALL) throw new OfctlError(`unknown table "${text}"`);
  return number;
}

/** Changes one table, or all. */
export function modifyTable(
  bridge: Bridge,
  tableText: string,
  setting: string,
  { version }: OfctlOptions,
): void {
  const table = numberOf(tableText);
  const mod = read(table, setting);
  if (table === HIDDEN && setting === 'continue')
    throw new OfctlError("last table's flow miss handling can not be continue");
  if (!mod.versions.includes(version)) {
    const versions = mod.versions.map((one) => NAMES[one]).join(', ');
    throw new OfctlError(`table_mod '${setting}' requires one of the OpenFlow versions ${versions}`);
  }
  if (table === HIDDEN) {
    // The table is not to be written; OpenFlow before 1.3 has no word for that.
    const [error, xid] = version < 4 ? ['NXBRC_UNENCODABLE_ERROR', '0x4'] : ['OFPTMFC_EPERM', '0x5'];
    throw new SwitchError(
      errorReply(error, version, 'OFPT_TABLE_MOD', ` table_id=${HIDDEN}, ${mod.text}`, xid),
    );
  }
  const tables = table === ALL ? Array.from({ length: TABLES }, (_, at) => at) : [table];
  for (const one of tables) mod.apply(bridge, one);
}
