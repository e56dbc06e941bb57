/** Wires between two rows: straight where they can be, else with one horizontal piece on a track of its own. */
import type { Row } from './container.ts';
import { endX, netX, settleX, type Item, type Net } from './item.ts';
import type { LayoutSink } from './layout.ts';
import { turnTracks } from './pack.ts';
import type { Point } from './rect.ts';

/** A piece of a net that crosses one channel. */
interface Crossing {
  readonly net: number;
  readonly from: number;
  readonly to: number;
  track: number;
  /** Both ends are at the channel's top: down, along and up again. */
  readonly loop: boolean;
}

export interface ChannelPlan {
  readonly tracks: number;
  readonly crossings: readonly Crossing[];
}

const TRACK_GAP = 10;

/** Plans per channel: index i is the channel above row i; the last one is above the doors. */
export function channelNets(rows: readonly Row[], nets: readonly Net[]): readonly ChannelPlan[] {
  const rowOf = new Map<Item, number>();
  rows.forEach(({ items }, index) => {
    for (const item of items) rowOf.set(item, index);
  });
  const crossings: Crossing[][] = Array.from({ length: rows.length + 1 }, () => []);
  nets.forEach((net, index) => {
    if (net.invisible) return;
    const start = net.upper.item ? (rowOf.get(net.upper.item) ?? 0) : rows.length;
    const end = net.lower.item ? (rowOf.get(net.lower.item) ?? 0) : rows.length;
    if (start === end) {
      const { from, to } = netX(net.upper, net.lower);
      crossings[start + 1]?.push({ net: index, from, to, track: 0, loop: true });
      return;
    }
    const stations: (Item | null)[] = [null, ...net.passes, null];
    // Where no room was made (bars), the wire goes on straight.
    let x = firstX(net, stations);
    let pass = 0;
    for (let channel = start + 1; channel <= end; channel += 1) {
      const last = channel === end;
      const room = net.passes[pass];
      const through = !last && room !== undefined && rowOf.get(room) === channel;
      const wanted = last ? settleX(net.lower, x) : through ? room.x + room.width / 2 : x;
      // A step that nobody would see is none.
      const to = Math.abs(wanted - x) <= 0.5 ? x : wanted;
      crossings[channel]?.push({ net: index, from: x, to, track: 0, loop: false });
      if (through) pass += 1;
      x = to;
    }
  });
  return crossings.map((list) => {
    const bent = list.filter(({ from, to, loop }) => loop || Math.abs(from - to) > 0.5);
    const tracks = turnTracks(bent, TRACK_GAP);
    bent.forEach((crossing, index) => (crossing.track = tracks[index] ?? 0));
    untangle(bent);
    return {
      tracks: bent.length === 0 ? 0 : 1 + Math.max(...bent.map(({ track }) => track)),
      crossings: list,
    };
  });
}

/** Leaves the upper end as straight as the first room below allows. */
function firstX(net: Net, stations: readonly (Item | null)[]): number {
  const room = stations[1];
  if (!room) return netX(net.upper, net.lower).from;
  const at = endX(net.upper);
  return 'x' in at ? at.x : settleX(net.upper, room.x + room.width / 2);
}

/**
 * Where one wire comes down at the place at which another goes up, the one that comes from above must turn first.
 * Swaps tracks until that holds, or for as often as there are wires (a ring of such pairs has no order).
 */
function untangle(bent: Crossing[]): void {
  for (let round = 0; round < bent.length; round += 1) {
    let moved = false;
    for (const a of bent)
      for (const b of bent) {
        if (a === b || a.loop || b.loop || Math.abs(a.from - b.to) > 6 || a.track < b.track) continue;
        if (a.track === b.track) continue;
        [a.track, b.track] = [b.track, a.track];
        moved = true;
      }
    if (!moved) return;
  }
}

interface Edges {
  readonly top: number;
  readonly bottom: number;
}

/** Writes each net's points. */
export function routeChannel(
  nets: readonly Net[],
  plans: readonly ChannelPlan[],
  rows: readonly Row[],
  edges: readonly Edges[],
  frame: { readonly x: number; readonly bottom: number },
  sink: LayoutSink,
): void {
  const routes = nets.map((): Point[] => []);
  plans.forEach(({ crossings, tracks }, channel) => {
    const top = channel === 0 ? 0 : (edges[channel - 1]?.bottom ?? 0);
    const low = channel === rows.length ? frame.bottom : (edges[channel]?.top ?? frame.bottom);
    for (const { net, from, to, track, loop } of crossings) {
      const points = routes[net];
      if (!points) continue;
      const y = loop ? low - 6 - (tracks - track) * 4 : top + ((low - top) * (track + 1)) / (tracks + 1);
      points.push({ x: frame.x + from, y: top });
      if (loop || Math.abs(from - to) > 0.5) points.push({ x: frame.x + from, y }, { x: frame.x + to, y });
      points.push({ x: frame.x + to, y: loop ? top : low });
    }
  });
  nets.forEach((net, index) => {
    const points = routes[index];
    if (net.invisible || !points || points.length < 2) return;
    const flipped = net.upper.node !== net.edge.from && net.lower.node === net.edge.from;
    sink.edge(net.edge.id, flipped ? points.toReversed() : points);
  });
}
