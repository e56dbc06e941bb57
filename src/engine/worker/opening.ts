/** What can be opened: a scenario, TripleO's files, pasted outputs, databases, a bridge's dump. Each gives a world that nobody holds yet. */
import { asNb, asSb, type Database } from '../../core/ovsdb/index.ts';
import type { DumpedTexts } from '../../core/readers/dumped-bridge.ts';
import { World } from '../../core/sim/index.ts';
import { replaying } from '../../core/shell/transcript.ts';
import { findScenario, whyNoScenario } from '../../scenarios/catalogue.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { passing } from './bring-up.ts';
import type { CallContext } from './call.ts';
import { decodeDatabaseFiles, type NamedOctets } from './database-files.ts';
import { isDeployment, openDeployment, readSet } from './deployment-files.ts';
import type { Made } from './open-world.ts';
import { inPieces } from './in-pieces.ts';
import { openPaste } from './pasted-files.ts';
import { dumpOf, worldOfDump } from './questions/dumped-world.ts';
import { Refused } from './refused.ts';
import { loadDatabases } from './scenario-databases.ts';

/** Simulated time from the last command of a scenario until the user has it: addresses have passed their detection by then. */
const REST = 5_000_000_000;

/** What is the same for everything that is opened from files. */
const FROM_FILES = {
  scenario: null,
  seed: 1,
  set: null,
  opened: [],
  dump: null,
  problems: [],
  unknown: [],
} as const satisfies Partial<Made>;

/** Types a scenario's commands, one line or event a part; refuses where a command fails. */
function* typing(
  world: World,
  transcript: Scenario['transcript'],
  typed: (line: string) => void,
): Generator<void> {
  for (const line of transcript) {
    typed(line.line);
    const [outcome] = yield* replaying(world, [line]);
    // Many lines lead to no event at all.
    yield;
    if (outcome?.status !== 0) throw new Refused(`${line.line}: ${outcome?.err.trim()}`, line.machine);
  }
  yield* passing(world, world.clock.now() + REST);
}

/** Builds a scenario's machines and types its commands, in pieces; rejects when the caller gave up. */
export async function openScenario(id: string, seed: number, context: CallContext): Promise<Made> {
  const scenario = await findScenario(id);
  if (!scenario) throw new Refused(whyNoScenario(id));
  const databases = scenario.databases && (await loadDatabases(scenario.databases));
  const world = new World(scenario, seed, databases);
  let done = -1;
  let at = '';
  const work = typing(world, scenario.transcript, (line) => {
    done += 1;
    at = line;
  });
  await inPieces(work, context, () => context.progress(done, scenario.transcript.length, at));
  return {
    ...FROM_FILES,
    scenario: id,
    seed,
    world,
    set: scenario.set ? readSet(scenario.set) : null,
    files: [],
  };
}

/** TripleO's files come up as the deployment that they describe; opened databases stand on a machine of their own, so that every database program works on them. */
export async function openFiles(files: readonly NamedOctets[], context: CallContext): Promise<Made> {
  const dump = dumpOf(files);
  if (dump) return openDump(dump);
  if (isDeployment(files)) {
    const { world, problems, ...set } = await openDeployment(files, context);
    return { ...FROM_FILES, world, set, files, problems };
  }
  const paste = openPaste(files, context);
  if (paste) return { ...FROM_FILES, ...paste, files };
  const opened = await decodeDatabaseFiles(files, context);
  context.signal.throwIfAborted();
  const find = (name: string): Database | undefined =>
    opened.find((file) => file.database.schema.name === name)?.database;
  const nb = find('OVN_Northbound');
  const sb = find('OVN_Southbound');
  const asked = { nb: nb && asNb(nb), sb: sb && asSb(sb) };
  const world = World.ofDatabases({
    nb: asked.nb?.ok ? asked.nb.value : undefined,
    sb: asked.sb?.ok ? asked.sb.value : undefined,
  });
  return { ...FROM_FILES, world, opened, files: opened };
}

/** A bridge of which there are only ovs-ofctl's texts, on a machine of its own. */
function openDump(dump: DumpedTexts): Made {
  return { ...FROM_FILES, world: worldOfDump(dump), files: [], dump };
}
