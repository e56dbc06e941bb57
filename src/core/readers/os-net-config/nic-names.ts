/** How os-net-config finds the NICs that `nic1`, `nic2` ... stand for. */

export interface Nic {
  readonly name: string;
  readonly mac: string;
}

const EMBEDDED = /^(?:em|eth|eno)\d/;

/** By digits as numbers, as a person sorts names. */
const natural = new Intl.Collator('en', { numeric: true });
const byName = (a: string, b: string): number => natural.compare(a, b);

/** NICs of the board first, then the others, each in natural order (utils.ordered_active_nics). */
export function orderNics(nics: readonly Nic[]): readonly Nic[] {
  const order = (embedded: boolean): Nic[] =>
    nics.filter(({ name }) => EMBEDDED.test(name) === embedded).toSorted((a, b) => byName(a.name, b.name));
  return [...order(true), ...order(false)];
}

/**
 * What each alias of a node means. `mapping` is a mapping file's `interface_mapping` (names or MACs); the other NICs
 * are counted in order (objects.mapped_nics).
 */
export function nicAliases(
  nics: readonly Nic[],
  mapping: ReadonlyMap<string, string> | null,
): ReadonlyMap<string, string> {
  const ordered = orderNics(nics);
  const aliases = new Map<string, string>();
  for (const [alias, to] of mapping ?? []) {
    const nic = ordered.find(({ name, mac }) => name === to || mac.toLowerCase() === to.toLowerCase());
    if (nic) aliases.set(alias, nic.name);
  }
  // Those that the file leaves out are counted as they would be without it, if their number is still free.
  const mapped = new Set(aliases.values());
  ordered.forEach(({ name }, at) => {
    const alias = `nic${at + 1}`;
    if (!mapped.has(name) && !aliases.has(alias)) aliases.set(alias, name);
  });
  return aliases;
}
