/** How large the leaves are: chips, devices, small boxes. World units; the diagram's 4-px rhythm. */
import type { DiagramModel, DiagramNode, NodeLine } from '../model.ts';
import { shownName } from '../shown-name.ts';
import { INNER_NAME, MONO, NAME, SUB, tableWidth } from './text-width.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const CHIP_HEIGHT = 18;
export const NIC_HEIGHT = 20;
export const MACHINE_HEAD = 32;
/** Machines in a machine are looked at from further away, where its name is as large as ever. */
const HOLDER_HEAD = 46;
export const BOX_HEAD = 24;
export const DATABASE_HEIGHT = 62;
/** Speakers of about the same width are of the same. */
const SPEAKER_STEP = 24;
/** Text that is longer is shortened at the front. */
const LONGEST_CHIP = 240;
const LONGEST_LINE = 240;
/** Between a line and what stands at its right end. */
const TRAIL_GAP = 14;

/** Lines that are written at 100 %: they make a box higher, those of closer zoom levels do not. */
export const plainLines = (node: DiagramNode): readonly NodeLine[] =>
  node.lines.filter(({ from }) => from !== 'facts');

/** Without what stands at its right end. */
export const textWidth = ({ text, mono }: NodeLine): number => tableWidth(text, mono ? MONO : SUB);
export const lineWidth = (line: NodeLine): number =>
  Math.min(
    LONGEST_LINE,
    textWidth(line) + (line.trail === undefined ? 0 : tableWidth(line.trail, SUB) + TRAIL_GAP),
  );
const linesWidth = (node: DiagramNode): number => Math.max(0, ...plainLines(node).map(lineWidth));

/** Width of a chip: number, name and padding. */
export function chipWidth({ lead, name }: Pick<DiagramNode, 'lead' | 'name'>): number {
  const text = tableWidth(shownName(name), MONO) + (lead === '' ? 0 : tableWidth(lead, MONO) + 4);
  return Math.ceil(Math.min(LONGEST_CHIP, Math.max(26, text) + 14));
}

export const machineHead = (model: DiagramModel, node: DiagramNode): number =>
  model.children(node.id).some(({ kind }) => kind === 'machine' || kind === 'container')
    ? HOLDER_HEAD
    : MACHINE_HEAD;

/** A leaf inside a container; containers, bridges and bars are sized by what is in them. */
export function leafSize(node: DiagramNode, compact: boolean): Size {
  const lines = compact ? [] : plainLines(node);
  switch (node.kind) {
    case 'namespace': {
      if (compact) return { width: Math.max(96, chipWidth(node) + 20), height: 26 };
      const head =
        8 + 14 + 6 + tableWidth(shownName(node.name), INNER_NAME) + 12 + tableWidth(node.trail, SUB) + 8;
      return {
        width: Math.ceil(Math.max(128, head, linesWidth(node) + 18)),
        height: lines.length === 0 ? 26 : 34 + 14 * lines.length,
      };
    }
    case 'database':
      return {
        width: Math.ceil(Math.max(60, tableWidth(node.name, INNER_NAME) + 20, linesWidth(node) + 12)),
        height: DATABASE_HEIGHT,
      };
    case 'program':
      return {
        // Text keeps its size below 100 %, while boxes shrink.
        width: Math.ceil(Math.max(60, tableWidth(node.name, INNER_NAME) * 2 + 4, linesWidth(node) + 12)),
        height: lines.length > 0 ? 46 : 34,
      };
    case 'speaker':
      return {
        // Text keeps its size below 100 %, while boxes shrink.
        width:
          SPEAKER_STEP *
          Math.ceil(
            Math.max(
              96,
              tableWidth(node.name, INNER_NAME) * 1.35 + 50,
              ...lines.flatMap((line) => [textWidth(line) * 1.35 + 50, lineWidth(line) + 50]),
            ) / SPEAKER_STEP,
          ),
        height: lines.length > 0 ? 29 + 13 * lines.length : 32,
      };
    case 'fold':
      return { width: Math.ceil(tableWidth(node.name, SUB) + 20), height: CHIP_HEIGHT };
    default: {
      const height = 20 + 13 * lines.length;
      return { width: Math.ceil(Math.max(56, chipWidth(node) + 6, linesWidth(node) + 14)), height };
    }
  }
}

/** Of a tile: its name and address count, longer lines give way. */
const TILE_LINE_WIDTH = 130;

/** Least width of a machine or namespace for its head, of a Linux bridge for its name with the address under it. */
export function headWidth(node: DiagramNode, compact = false): number {
  const inner = node.kind === 'machine' || node.kind === 'container';
  const name = tableWidth(shownName(node.name), inner ? NAME : INNER_NAME);
  const trail = node.trail === '' ? 0 : compact ? 46 : tableWidth(node.trail, inner ? MONO : SUB) + 14;
  if (node.kind === 'linux-bridge') return Math.ceil(Math.max(31 + name + 10, 8 + trail));
  const widths = inner ? node.lines.map((line) => lineWidth(line) + 20) : [];
  const lines = Math.min(node.collapsed ? TILE_LINE_WIDTH : LONGEST_LINE, Math.max(0, ...widths));
  return Math.ceil(Math.max(31 + name + trail + 10, lines));
}
