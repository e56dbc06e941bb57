/** The picture as data: shapes in world units, back to front, coloured by token. Both pens draw exactly this. */
import type { Point, Rect } from '../view/layout/rect.ts';
import type { TextBlock } from './block.ts';
import type { FontKey } from './measure.ts';
import type { ColourToken } from './theme.ts';

export interface Stroke {
  readonly colour: ColourToken;
  /** CSS pixels at every zoom; for `tube` world units, never under 1 px. */
  readonly width: number;
  readonly tube?: boolean;
  /** CSS pixels. */
  readonly dash?: readonly number[];
  readonly round?: boolean;
}

interface ShapeBase {
  /** Model id that it belongs to; '' for none. */
  readonly owner: string;
  /** Zoom from which it is drawn. */
  readonly from: number;
  /** Left out while the zoom changes: too fine to be missed then. */
  readonly fine?: true;
}

/** SVG path commands with absolute coordinates. */
export type PathCommand =
  | readonly ['M', number, number]
  | readonly ['L', number, number]
  | readonly ['Q', number, number, number, number]
  | readonly ['C', number, number, number, number, number, number]
  | readonly ['Z'];

export type Shape =
  | (ShapeBase & {
      readonly kind: 'rect';
      readonly rect: Rect;
      readonly radius: number;
      readonly fill: ColourToken | null;
      readonly stroke: Stroke | null;
    })
  | (ShapeBase & {
      readonly kind: 'path';
      readonly commands: readonly PathCommand[];
      readonly bounds: Rect;
      readonly fill: ColourToken | null;
      readonly stroke: Stroke | null;
    })
  /** Radius in CSS pixels at every zoom. */
  | (ShapeBase & {
      readonly kind: 'circle';
      readonly at: Point;
      readonly radius: number;
      readonly fill: ColourToken | null;
      readonly stroke: Stroke | null;
    })
  /** Text (and glyphs) in a box: placed anew for each zoom. */
  | (ShapeBase & { readonly kind: 'block'; readonly block: TextBlock })
  /** Things of screen size about a point: a badge, a pill, a mark. Drawn when `room` (world) is at least `width` at a zoom. */
  | (ShapeBase & { readonly kind: 'tag'; readonly tag: Tag });

/** A label, number or glyph on a spot of its own, at screen size. */
export interface Tag {
  readonly form: 'pill' | 'badge' | 'glyph' | 'callout';
  readonly at: Point;
  /** CSS pixels from there, at every zoom. */
  readonly offset: Point;
  readonly text: string;
  readonly font: FontKey;
  readonly fill: ColourToken;
  readonly stroke: ColourToken;
  readonly colour: ColourToken;
  /** Free length of the line that it sits on, in world units; Infinity when it needs none. */
  readonly room: number;
  readonly glyph: string;
}

/** A pick region; the deepest one under the pointer wins. */
export interface Region {
  readonly id: string;
  readonly rect: Rect;
  readonly depth: number;
}

/** The packet at the playhead. */
export interface PacketScene {
  readonly at: Point;
  /** The road so far, for the motion to it: world points. */
  readonly trail: readonly Point[];
  readonly bands: readonly { readonly width: number; readonly fill: ColourToken }[];
  readonly callout: string;
  /** In the lane under a bridge's strip there is less room. */
  readonly small: boolean;
}

export interface Scene {
  readonly bounds: Rect;
  readonly shapes: readonly Shape[];
  readonly regions: readonly Region[];
  readonly packet: PacketScene | null;
}

/** What the page says about things in the picture. */
export interface SceneMarks {
  readonly selected: string | null;
  readonly hovered: string | null;
  readonly dimmed: ReadonlySet<string>;
  readonly breakpoints: ReadonlySet<string>;
  readonly pinned: ReadonlySet<string>;
  /** Broken. */
  readonly faulty: ReadonlySet<string>;
  /** Together on one way: drawn in the accent, lines between two of them as well; while there are any, other networks lose their colour. */
  readonly lit: ReadonlySet<string>;
}

export const noMarks: SceneMarks = {
  selected: null,
  hovered: null,
  dimmed: new Set(),
  breakpoints: new Set(),
  pinned: new Set(),
  faulty: new Set(),
  lit: new Set(),
};
