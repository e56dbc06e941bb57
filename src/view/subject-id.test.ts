import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../engine/protocol.ts';
import { subjectId, subjectOf } from './subject-id.ts';

const text = fc.string({ unit: fc.constantFrom('a', '/', ':', '%', 'é', ' ', '-', '0') });
const subject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ kind: fc.constant('host' as const), host: text }),
  fc.record({ kind: fc.constant('namespace' as const), host: text, namespace: text }),
  fc.record({ kind: fc.constant('link' as const), host: text, namespace: text, device: text }),
  fc.record({ kind: fc.constant('bridge' as const), host: text, bridge: text }),
  fc.record({ kind: fc.constant('port' as const), host: text, bridge: text, port: text }),
  fc.record({ kind: fc.constant('table' as const), host: text, bridge: text, table: fc.nat(254) }),
  fc.record({ kind: fc.constant('tunnel' as const), id: text }),
  fc.record({ kind: fc.constant('segment' as const), id: text }),
  fc.record({ kind: fc.constant('logical-switch' as const), uuid: text }),
  fc.record({ kind: fc.constant('program' as const), host: text, name: text, database: text }),
);

describe('subject ids', () => {
  it('name one subject each and lead back to it', () => {
    fc.assert(
      fc.property(subject, subject, (a, b) => {
        expect(subjectOf(subjectId(a))).toEqual(a);
        expect(subjectId(a) === subjectId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it.each(['', 'host', 'fold:ports/bridge:a', 'host:a/b', 'table:a/b/x', 'link:%', 'card:nat/x'])(
    '%j names nothing',
    (id) => {
      expect(subjectOf(id)).toBeNull();
    },
  );
});
