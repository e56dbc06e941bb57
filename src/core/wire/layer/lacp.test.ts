/** LACPDUs: what is written is read back, and what is cut or of another kind is not taken. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeLacpdu, readLacpdu } from './lacp.ts';

const number = fc.integer({ min: 0, max: 0xffff });
const party = fc.record({
  systemPriority: number,
  system: fc.bigInt({ min: 0n, max: 0xffffffffffffn }),
  key: number,
  portPriority: number,
  port: number,
  state: fc.integer({ min: 0, max: 255 }),
});

it('reads back what it wrote', () => {
  fc.assert(
    fc.property(party, party, (actor, partner) => {
      expect(readLacpdu(encodeLacpdu({ actor, partner }))).toEqual({ actor, partner });
    }),
  );
});

it('takes nothing that is cut or of another kind', () => {
  fc.assert(
    fc.property(party, fc.integer({ min: 0, max: 41 }), (one, size) => {
      const octets = encodeLacpdu({ actor: one, partner: one });
      expect(readLacpdu(octets.subarray(0, size))).toBeUndefined();
      expect(readLacpdu(octets.with(0, 2))).toBeUndefined();
    }),
  );
});
