/** From the model to a container's items and nets: who is a box of its own, who is a chip on one, who is a door. */
import type { DiagramModel, DiagramNode } from '../model.ts';
import { shownName } from '../shown-name.ts';
import type { ArrangeOptions, Arranged } from './container.ts';
import { TOP, type Chip, type End, type Item, type Net } from './item.ts';
import { CHIP_HEIGHT, chipWidth, leafSize } from './sizes.ts';
import { INNER_NAME, SUB, tableWidth } from './text-width.ts';

const BRIDGE_HEIGHT = { full: 98, compact: 50 } as const;
const BAR_HEIGHT = 36;
/** Round jacks take no width of their own; their names need some. */
const JACK = 8;

const isContainer = (node: DiagramNode, model: DiagramModel): boolean =>
  node.kind === 'machine' ||
  node.kind === 'container' ||
  node.kind === 'vrf' ||
  (node.kind === 'namespace' && model.children(node.id).length > 0);

export function gatherItems(
  node: DiagramNode,
  options: ArrangeOptions,
  arrange: (node: DiagramNode, options: ArrangeOptions) => Arranged,
): Item[] {
  const { model, room } = options;
  return model
    .children(node.id)
    .filter(({ side }) => side === 'inside')
    .map((child, order): Item => {
      const blank = {
        id: child.id,
        node: child,
        inner: null,
        rank: 0,
        order,
        x: 0,
        topChips: [],
        bottomChips: [],
      };
      if (isContainer(child, model)) {
        const inner = arrange(child, { ...options, mirrored: false });
        const guest = child.kind !== 'vrf';
        return {
          ...blank,
          form: 'box',
          inner,
          width: inner.width,
          height: inner.height,
          stretch: false,
          rank: guest ? TOP : 0,
        };
      }
      const chips = (side: DiagramNode['side'], jack: boolean): Chip[] =>
        model
          .children(child.id)
          .filter((port) => port.side === side)
          .map((port) => ({
            node: port,
            width: jack ? JACK : Math.ceil(chipSize(port) * room),
            height: jack ? JACK : CHIP_HEIGHT,
            x: 0,
          }));
      if (child.kind === 'ovs-bridge') {
        const topChips = chips('top', false);
        const bottomChips = chips('bottom', false);
        const need = (list: readonly Chip[], inset: number): number =>
          list.reduce((sum, { width }) => sum + width + 8, -8) + 2 * inset;
        const name = tableWidth(shownName(child.name), INNER_NAME) + 96;
        return {
          ...blank,
          form: 'box',
          topChips,
          bottomChips,
          stretch: true,
          width: Math.ceil(
            Math.max(model.compact ? 114 : 130, name, need(topChips, 10), need(bottomChips, 5)),
          ),
          height: model.compact ? BRIDGE_HEIGHT.compact : BRIDGE_HEIGHT.full,
        };
      }
      if (child.kind === 'linux-bridge')
        return {
          ...blank,
          form: 'bar',
          topChips: chips('top', true),
          stretch: true,
          width: 60,
          height: BAR_HEIGHT,
        };
      const leaf = leafSize(child, model.compact);
      const size = { ...leaf, width: Math.ceil(leaf.width * room) };
      const top =
        child.kind === 'namespace' ||
        child.kind === 'program' ||
        child.kind === 'database' ||
        child.kind === 'speaker' ||
        child.kind === 'fold';
      return { ...blank, form: 'box', ...size, stretch: child.kind === 'namespace', rank: top ? TOP : 0 };
    });
}

const chipSize = (port: DiagramNode): number =>
  port.kind === 'fold' ? Math.ceil(tableWidth(port.name, SUB) + 16) : chipWidth(port);

/** Nets of a container: edges whose ends are in different items of it, or at one of its doors. */
export function gatherNets(
  container: DiagramNode,
  model: DiagramModel,
  items: readonly Item[],
  doors: readonly Chip[],
): Net[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const byDoor = new Map(doors.map((door) => [door.node.id, door]));
  const endOf = (id: string): End | null => {
    const door = byDoor.get(id);
    if (door) return { node: id, item: null, chip: door, dx: null, at: null };
    let at = model.node(id);
    for (; at && at.parent !== container.id; at = at.parent === null ? undefined : model.node(at.parent));
    const item = at && byId.get(at.id);
    if (!item) return null;
    const chip = [...item.topChips, ...item.bottomChips].find(({ node }) => node.id === id) ?? null;
    return {
      node: id,
      item,
      chip,
      dx: item.inner && id !== item.id ? deepX(item.inner, id) : null,
      at: null,
    };
  };
  const nets: Net[] = [];
  for (const edge of model.edges) {
    if (edge.kind === 'control') continue;
    const from = endOf(edge.from);
    if (edge.kind === 'tunnel') {
      const first = endOf(edge.via[0] ?? '');
      const last = endOf(edge.via.at(-1) ?? '');
      const to = endOf(edge.to);
      if (from?.item && first && !first.item)
        nets.push({ edge, upper: from, lower: first, passes: [], invisible: true });
      if (to?.item && last && !last.item)
        nets.push({ edge, upper: to, lower: last, passes: [], invisible: true });
      continue;
    }
    const to = endOf(edge.to);
    if (!from || !to || (from.item !== null && from.item === to.item) || (!from.item && !to.item)) continue;
    const [upper, lower] = isUpper(from, to) ? [from, to] : [to, from];
    nets.push({ edge, upper, lower, passes: [], invisible: false });
  }
  return nets;
}

/** A door of a box inside the item: its centre from the item's left. */
function deepX(inner: Arranged, id: string): number | null {
  return inner.doorX(id) ?? null;
}

/** Which end is nearer to the user. Doors are lowest; a chip says by its side; namespaces and guests are above all. */
function isUpper(from: End, to: End): boolean {
  const level = (end: End): number => {
    if (!end.item) return -10;
    if (end.item.rank >= TOP) return 10;
    if (end.chip) return end.chip.node.side === 'bottom' ? 4 : -4;
    return 0;
  };
  // Equal: masters and VLAN devices come first in the model.
  return level(from) >= level(to);
}
