/** Everything that belongs to one opened world, and what an opening has to bring for it. */
import type { DumpedTexts } from '../../core/readers/dumped-bridge.ts';
import type { World } from '../../core/sim/index.ts';
import type { Deed } from '../document.ts';
import type { WorldSnapshot } from '../snapshot.ts';
import { Captures } from './captures.ts';
import type { NamedOctets, OpenedFile } from './database-files.ts';
import type { DeploymentSet } from './deployment-files.ts';
import { Driver } from './driver.ts';
import { Questions } from './questions/questions.ts';
import { browsable, type BrowsableDatabase } from './table-page.ts';
import type { Terminal } from './terminal.ts';
import { WhatChanged } from './what-changed/what-changed.ts';

/** Replaced whole when another is opened. */
export interface Open {
  readonly scenario: string | null;
  readonly seed: number;
  readonly world: World;
  readonly driver: Driver;
  readonly captures: Captures;
  readonly terminals: Map<string, Terminal>;
  readonly deeds: Deed[];
  readonly questions: Questions;
  readonly changed: WhatChanged;
  /** Texts from which a bridge was opened. */
  readonly dump: DumpedTexts | null;
  /** Databases that were opened from files; they stand for a running central node. */
  readonly opened: readonly OpenedFile[];
  /** The TripleO files that describe the world, where there are any. */
  readonly set: DeploymentSet | null;
  /** What was opened, as it was given. */
  readonly files: readonly NamedOctets[];
  /** What is odd in the files, and what no machine here can have. */
  readonly problems: WorldSnapshot['problems'];
  /** What outputs did not tell of the machines that were made from them. */
  readonly unknown: WorldSnapshot['unknown'];
}

/** What an opening brings; the rest is made anew for it. */
export type Made = Pick<
  Open,
  'scenario' | 'seed' | 'world' | 'set' | 'opened' | 'files' | 'dump' | 'problems' | 'unknown'
>;

export function openWorld(made: Made): Open {
  const { world } = made;
  const deeds: Deed[] = [];
  const central = world.central();
  const databases = { nb: central?.nb, sb: central?.sb };
  return {
    ...made,
    questions: new Questions(world, databases, browsableOf(made)),
    changed: new WhatChanged(world, deeds),
    driver: new Driver(world.clock),
    captures: new Captures(world),
    terminals: new Map(),
    deeds,
  };
}

/** Every database that can be browsed: opened files as they are, else those of the running machines. */
export function browsableOf({ opened, world }: Pick<Open, 'opened' | 'world'>): BrowsableDatabase[] {
  if (opened.length > 0) return opened.map((file) => browsable(file.database));
  const central = world.central();
  return [
    ...(central ? [browsable(central.nb), browsable(central.sb)] : []),
    ...[...world.hosts.values()].flatMap((host) =>
      host.switch ? [browsable(host.switch.ovs, host.name)] : [],
    ),
  ];
}
