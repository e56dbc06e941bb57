/** Everything that belongs to a thing, as ids of the diagram. */
import type { Subject } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { relationsOf, subjectId } from '../../view/index.ts';

export const relatedTo = (subject: Subject, snapshot: WorldSnapshot): ReadonlySet<string> =>
  new Set(relationsOf(subject, snapshot).flatMap(({ things }) => things.map(subjectId)));
