/**
 * What ovn-trace of other releases does differently. The southbound schema's version tells of which release a database is;
 * we know the ends 20.12 and 26.03, and take the change to be between them where the schema became 20.17 (OVN 21.06) or
 * 21.0.
 */
import type { Flow } from '../../flow/flow.ts';
import { formatFlow } from '../../flow/flow-text.ts';
import { isVersionAtLeast } from '../../ovsdb/known-schema.ts';
import { formerSymbols } from '../expr/former-symbols.ts';
import { logicalSymbols } from '../expr/logical-symbols.table.ts';
import type { SymbolTable } from '../expr/symbol.ts';

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
    return this.isBeforeMarks ? formerSymbols() : logicalSymbols();
  }

  /** The packet in one line. */
  packetText(flow: Flow): string {
    const text = formatFlow(flow);
    return this.isOld ? text.replace(',nw_frag=no', '') : text;
  }
}
