/** The sides from which one looks at a network. */
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import type { Lens as DrawnLens } from '../../view/index.ts';

/** All are drawn but layer 2, which is a table. */
export type Lens = DrawnLens | 'l2';

export const LENSES: readonly {
  readonly lens: Lens;
  readonly text: string;
  readonly title: string;
  readonly glyph: GlyphName;
}[] = [
  { lens: 'physical', text: 'Physical', title: 'Machines, bridges and cables', glyph: 'host' },
  { lens: 'l2', text: 'L2 and VLAN', title: 'Who hears whom: networks by machine', glyph: 'vlan' },
  { lens: 'overlay', text: 'Overlay', title: 'Tunnels over the underlay', glyph: 'geneve' },
  { lens: 'logical', text: 'Logical', title: 'Logical switches and routers', glyph: 'lswitch' },
  { lens: 'routing', text: 'BGP', title: 'Speakers and their sessions', glyph: 'speaker' },
];

/** BGP's is offered where somebody speaks it, or while it is the one in view. */
export const shownLenses = ({ routing }: WorldSnapshot, current: Lens): typeof LENSES =>
  LENSES.filter(({ lens }) => lens !== 'routing' || routing !== null || current === 'routing');

export const isLens = (text: string | null): text is Lens => LENSES.some(({ lens }) => lens === text);

/** What is drawn behind a lens that is a table. */
export const drawnLens = (lens: Lens): DrawnLens => (lens === 'l2' ? 'physical' : lens);
