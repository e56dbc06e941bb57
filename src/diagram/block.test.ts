import { expect, it } from 'vitest';
import { placeBlock } from './block.ts';
import { tableMeasure } from './measure.ts';

it.each([
  // Room for the first part with its mark, without it, and for neither.
  ['controller-0', 54, ['controller-', '0']],
  ['undercloud-0', 55, ['undercloud', '-0']],
  ['ovn-central-az1', 66, ['ovn-', 'central-az1']],
  ['hypervisor', 34, ['hyper', 'visor']],
])('writes %s in a box of %i pixels on two rows, parted at a mark if it can be', (text, width, rows) => {
  const placed = placeBlock(
    {
      rect: { x: 0, y: 0, width, height: 40 },
      padX: 9,
      padY: 4,
      align: 'left',
      valign: 'top',
      rows: [
        { runs: [{ kind: 'text', text, font: 'sub', colour: 'text' }], trail: null, height: 17, from: 0 },
      ],
    },
    1,
    tableMeasure,
  );
  expect(placed.map((one) => (one.kind === 'text' ? one.text : ''))).toEqual(rows);
});
