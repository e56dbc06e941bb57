/** What every part of the model stands on. */
import type { Random } from '../../../base/random.ts';
import type { NbSchema, SbSchema } from '../../../ovsdb/index.ts';
import type { Graph } from '../incremental/graph.ts';
import type { Source } from '../incremental/source.ts';

export interface Base {
  readonly graph: Graph;
  readonly nb: Source<NbSchema>;
  readonly sb: Source<SbSchema>;
  readonly random: Random;
}
