/** The sides from which one looks at a network. */
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { cablingOf, type Lens as DrawnLens } from '../../view/index.ts';

/** All are drawn; layer 2 and the deployment are tables and texts with the drawing beside them. */
export type Lens = DrawnLens | 'l2' | 'deployment';

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
  {
    lens: 'deployment',
    text: 'Deployment',
    title: 'Cabling, load balancers, NIC templates and counts of nodes',
    glyph: 'container',
  },
  { lens: 'routing', text: 'BGP', title: 'Speakers and their sessions', glyph: 'speaker' },
];

/** BGP's is offered where somebody speaks it, a deployment's where there are files or guests; or while it is the one in view. */
export const shownLenses = (snapshot: WorldSnapshot, current: Lens): typeof LENSES =>
  LENSES.filter(({ lens }) => {
    if (lens === current) return true;
    if (lens === 'routing') return snapshot.routing !== null;
    return lens !== 'deployment' || snapshot.deployment !== null || cablingOf(snapshot).length > 0;
  });

export const isLens = (text: string | null): text is Lens => LENSES.some(({ lens }) => lens === text);

/** What is drawn beside a lens that is a table. */
export const drawnLens = (lens: Lens): DrawnLens =>
  lens === 'l2' || lens === 'deployment' ? 'physical' : lens;
