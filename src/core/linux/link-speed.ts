/** How fast a link says that it is (`ethtool`). */
import type { Link, LinkKind } from './link.ts';

const FAST: ReadonlySet<LinkKind> = new Set(['veth', 'tap', 'bond', 'vlan', 'macvlan']);

/** Mb/s; null for a link that tells no speed. */
export const linkSpeed = ({ kind }: Link): number | null => (FAST.has(kind) ? 10_000 : null);
