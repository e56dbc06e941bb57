/** What the text of every action needs: names of ports and tables, the TLV map, and the formats still usable. */
import type { Result } from '../../base/result.ts';
import type { PortNames, Warn } from '../../flow/ofport-text.ts';
import { quoteName } from '../../flow/ofport-text.ts';
import type { TlvMap } from '../../flow/tlv-map.ts';
import type { Protocols } from '../protocol.table.ts';
import type { ActKind, ActOf, OfpAct } from './ofpact.ts';

/** Names that tables were given. */
export interface TableNames {
  nameOf(table: number): string | undefined;
  tableOf(name: string): number | undefined;
}

export interface ActTextOptions {
  readonly names?: PortNames | undefined;
  readonly tables?: TableNames | undefined;
  readonly tlv?: TlvMap | undefined;
  /**
   * The text was printed by a switch: `dec_ttl()` then tells no controller, where ovs-ofctl takes the same text from a
   * person as `dec_ttl`.
   */
  readonly printed?: boolean | undefined;
  /** Gets what ovs-ofctl logs of a text that it reads. */
  readonly warn?: Warn | undefined;
}

/** Which action a nested list belongs to; it limits what may stand in it. */
export type OuterAct = 'none' | 'ct' | 'clone' | 'write_actions';

/** The state of reading one action list. */
export interface ActParse extends ActTextOptions {
  /** Narrowed by each action read. */
  protocols: Protocols;
  /** Reads a nested list. */
  readonly nested: (text: string, outer: OuterAct) => Result<readonly OfpAct[]>;
}

/** Reads the argument of one action name. */
export type ActParser = (argument: string, parse: ActParse) => Result<OfpAct>;

/** Prints one kind of action. */
export type ActFormatter<K extends ActKind> = (act: ActOf<K>, print: ActPrint) => string;

export interface ActPrint extends ActTextOptions {
  /** Prints a nested list; `drop` when it is empty. */
  readonly nested: (actions: readonly OfpAct[]) => string;
}

/** A table by number or name. */
export function parseTable(
  text: string,
  { tables, warn }: Pick<ActTextOptions, 'tables' | 'warn'>,
): number | undefined {
  if (text.startsWith('-')) {
    warn?.('ofp_table', `Negative value ${text} is not a valid table number.`);
    return undefined;
  }
  if (/^[ \t\r\n\v\f]*\+?\d+$/.test(text)) {
    const table = Number(text);
    if (table <= 255) return table;
    if (table <= 0xffffffff)
      warn?.('ofp_table', `table ${table} is outside the supported range 0 through 255`);
    return undefined;
  }
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  return tables?.tableOf(quoted ?? text);
}

export function formatTable(table: number, tables?: TableNames): string {
  const name = tables?.nameOf(table);
  return name === undefined ? String(table) : quoteName(name);
}
