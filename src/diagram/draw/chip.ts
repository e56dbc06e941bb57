/** Chips: a port on its bridge, a NIC on its machine, a kernel device, a fold. Number in grey before the name. */
import type { DiagramNode } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { BlockRow } from '../block.ts';
import { LEVEL, PLATE } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { styleOf, type Picture } from '../style.ts';
import { blockShape, boxShape } from './box.ts';
import { lineRows, nameRun, textRun } from './rows.ts';

export function chipShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface', edge: 'border-ctl', network: 'edge' });
  const centred = node.lead === '';
  const holder = picture.model.node(node.parent ?? '')?.kind;
  const nic = node.side === 'bottom' && (holder === 'machine' || holder === 'container');
  const rows: BlockRow[] = [
    {
      runs: [
        ...(node.lead === '' ? [] : [textRun(node.lead, 'mono', style, 'text-3')]),
        nameRun(node, 'mono', style),
      ],
      trail: null,
      height: 14,
      from: nic ? LEVEL.names : LEVEL.ports,
    },
    ...lineRows(node, style).map((row) => ({ ...row, height: 12 })),
  ];
  return [
    // From far away what has a colour is left, ticks of networks and the path, and what joins cables to machines.
    boxShape(node.id, rect, 3, style, node.network !== null || style.onPath ? 0 : nic ? PLATE : LEVEL.names),
    blockShape(node.id, {
      rect,
      padX: nic ? 1 : 7,
      padY: 2,
      align: centred ? 'centre' : 'left',
      valign: 'middle',
      centresCut: true,
      rows,
    }),
  ];
}

const isMachine = (kind: string | undefined): boolean => kind === 'machine' || kind === 'container';

export function foldShapes(picture: Picture, node: DiagramNode, rect: Rect): readonly Shape[] {
  const style = styleOf(picture, node, { fill: 'surface-3', edge: 'border-strong' });
  return [
    boxShape(
      node.id,
      rect,
      Math.min(9, rect.height / 2),
      style,
      node.side === 'inside' && !isMachine(picture.model.node(node.parent ?? '')?.kind) ? 0 : PLATE,
    ),
    blockShape(node.id, {
      rect,
      padX: 8,
      padY: 0,
      align: 'centre',
      valign: 'middle',
      rows: [
        {
          runs: [
            {
              kind: 'text',
              text: node.name,
              font: 'sub',
              colour: 'text-2',
              brief: node.name.split(' ')[0] ?? '',
            },
          ],
          trail: null,
          height: 14,
          from: LEVEL.names,
        },
      ],
    }),
  ];
}
