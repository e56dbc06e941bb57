/** Symbols that releases before the southbound schema 21.0 had: parts of `ct_label` that have moved to `ct_mark` since. */
import { addPart, addPredicate } from './define.ts';
import { logicalSymbols } from './logical-symbols.table.ts';
import { SCOPE, type SymbolTable } from './symbol.ts';

const FORMER_PARTS: Readonly<Record<string, string>> = {
  'ct_label.blocked': 'ct_label[0]',
  'ct_label.natted': 'ct_label[1]',
};

/** Predicates that have become narrower since, and one whose mask was meant otherwise. */
const FORMER_PREDICATES: Readonly<Record<string, string>> = {
  'ip6.mcast_rsvd': 'ip6.dst[116..127] == 0xff0 && ip6.dst[0..111] == 0',
  mldv1: 'ip6.src == fe80::/10 && icmp6.type == {130, 131, 132}',
  mldv2: 'ip6.dst == ff02::16 && icmp6.type == 143',
};

/** This release's symbols with those that have lost their names since. */
export function formerSymbols(): SymbolTable {
  const table = logicalSymbols();
  for (const [name, part] of Object.entries(FORMER_PARTS))
    if (table.get(name) === undefined) addPart(table, name, part, undefined, SCOPE.everywhere);
  for (const [name, expression] of Object.entries(FORMER_PREDICATES)) {
    table.delete(name);
    addPredicate(table, name, expression);
  }
  return table;
}
