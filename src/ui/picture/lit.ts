/** What a table beside the drawing lights up in it. */
import type { ReactNode } from 'react';
import type { Subject } from '../../engine/protocol.ts';
import { subjectId, type DiagramModel } from '../../view/index.ts';

export interface Lit {
  /** The rest steps back; null lights nothing in particular. */
  readonly things: readonly Subject[] | null;
  /** Marked as broken. */
  readonly broken: readonly Subject[];
  /** Fills the picture; null for all of it. Keep the object the same while the thing is the same. */
  readonly frame: Subject | null;
}

/** Draws the picture with something of it lit. */
export type Drawing = (lit: Lit) => ReactNode;

export const NOT_LIT: Lit = { things: null, broken: [], frame: null };

/** Ids of things as the drawing has them; what it does not draw is left out. */
export const drawnIds = (things: readonly Subject[], model: DiagramModel): readonly string[] =>
  things.flatMap((subject) => model.drawn(subjectId(subject))?.id ?? []);

/** Whether two subjects are one thing of a machine: a device is the port of a switch that it is. */
export function isSameThing(a: Subject, b: Subject): boolean {
  const [one, other] = [deviceOf(a), deviceOf(b)];
  return one !== null && one === other;
}

function deviceOf(subject: Subject): string | null {
  switch (subject.kind) {
    case 'link':
      return `${subject.host}\n${subject.namespace}\n${subject.device}`;
    case 'port':
      return `${subject.host}\n\n${subject.port}`;
    case 'bridge':
      return `${subject.host}\n\n${subject.bridge}`;
    default:
      return null;
  }
}
