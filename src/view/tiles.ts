/** Which machines are drawn without their inside, so that a picture of many can be read at once. */
import type { Step } from '../core/base/step.ts';
import type { WorldSnapshot } from '../engine/snapshot.ts';
import { diagramModel } from './diagram-model.ts';
import { layoutDiagram } from './layout/layout.ts';
import type { ModelOptions } from './model.ts';
import { subjectId } from './subject-id.ts';
import { indexWorld } from './world-index.ts';

/** Names of ports can be read from here on. */
const READABLE = 0.54;
/** Left free around a picture that is fitted, CSS pixels. */
const MARGINS = 32;
/** So many machines never fit with all that is in them: not worth trying. */
const TOO_MANY = 40;

interface Room {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Can the picture be read when the whole of it is fitted into `room`? */
export function fitsReadably(snapshot: WorldSnapshot, options: ModelOptions, room: Room): boolean {
  if (options.lens === 'logical' || options.lens === 'routing') return true;
  if (snapshot.hosts.length - options.collapsed.size > TOO_MANY) return false;
  const { bounds } = layoutDiagram(diagramModel(snapshot, options), { pinned: new Map() });
  return Math.min((room.width - MARGINS) / bounds.width, (room.height - MARGINS) / bounds.height) >= READABLE;
}

/**
 * Of the tiles, those that a run opens: the machines in which most of its steps are, first, as long as the picture can
 * still be read. `options.collapsed` are the tiles.
 */
export function tilesToOpen(
  snapshot: WorldSnapshot,
  options: ModelOptions,
  room: Room,
  steps: readonly Step[],
): ReadonlySet<string> {
  const weights = new Map<string, number>();
  for (const { where } of steps) {
    const id = subjectId({ kind: 'host', host: where.host });
    if (options.collapsed.has(id) && (where.bridge !== undefined || (where.namespace ?? '') !== ''))
      weights.set(id, (weights.get(id) ?? 0) + 1);
  }
  const open = new Set<string>();
  const busiest = [...weights].sort(([a, x], [b, y]) => y - x || a.localeCompare(b)).slice(0, MOST_TRIED);
  for (const [id] of busiest) {
    const collapsed = new Set([...options.collapsed].filter((other) => other !== id && !open.has(other)));
    if (fitsReadably(snapshot, { ...options, collapsed }, room)) open.add(id);
  }
  return open;
}

const MOST_TRIED = 5;

/** Ids of all machines but the outermost ones that hold others. */
export function machinesToTile(snapshot: WorldSnapshot): ReadonlySet<string> {
  const world = indexWorld(snapshot);
  const holders = new Set(
    snapshot.hosts
      .map(({ name }) => world.guestOf(name))
      .filter((name) => name !== null && world.guestOf(name) === null),
  );
  return new Set(
    snapshot.hosts
      .filter(({ name }) => !holders.has(name))
      .map(({ name }) => subjectId({ kind: 'host', host: name })),
  );
}
