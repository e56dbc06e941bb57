/**
 * What ovn-trace of other releases does differently. The southbound schema's version tells of which release a database is;
 * we know the ends 20.12 and 26.03, and take the change to be between them where the schema became 20.17 (OVN 21.06) or
 * 21.0.
 */
import type { Flow } from '../../flow/flow.ts';
import { formatFlow } from '../../flow/flow-text.ts';
import { isVersionAtLeast } from '../../ovsdb/known-schema.ts';
import { addPart } from '../expr/define.ts';
import { logicalSymbols } from '../expr/logical-symbols.table.ts';
import { SCOPE, type SymbolTable } from '../expr/symbol.ts';

/** Parts of `ct_label` that have moved to `ct_mark` or have lost their names since. */
const FORMER_PARTS: Readonly<Record<string, string>> = {
  'ct_label.blocked': 'ct_label[0]',
  'ct_label.natted': 'ct_label[1]',
};

export class Release {
  private readonly isOld: boolean;
  private readonly isBeforeMarks: boolean;

  constructor(schemaVersion: string) {
    this.isOld = !isVersionAtLeast(schemaVersion, '20.17.0');
    this.isBeforeMarks = !isVersionAtLeast(schemaVersion, '21.0.0');
  }

  /** Whether a packet may enter nowhere; later releases refuse such a microflow. */
  get needsNoInport(): boolean {
    return this.isOld;
  }

  symbols(): SymbolTable {
    const table = logicalSymbols();
    if (!this.isBeforeMarks) return table;
    for (const [name, part] of Object.entries(FORMER_PARTS))
      if (table.get(name) === undefined) addPart(table, name, part, undefined, SCOPE.everywhere);
    return table;
  }

  /** The packet in one line. */
  packetText(flow: Flow): string {
    const text = formatFlow(flow);
    return this.isOld ? text.replace(',nw_frag=no', '') : text;
  }
}
