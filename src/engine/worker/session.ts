/** What the worker holds: the world that is open, which another one may replace at any moment. */
import { InvariantError } from '../../core/base/assert.ts';
import type { Fault, MessageEnd, RunId, World } from '../../core/sim/index.ts';
import type { HopscopeDocument, InjectedFrame, MessageStep } from '../document.ts';
import type { PlayAsk, PlayOutcome } from '../questions/bgp.ts';
import type { Consequences } from '../questions/what-changed.ts';
import type { WorldSnapshot } from '../snapshot.ts';
import type { Databases } from './because.ts';
import type { CallContext } from './call.ts';
import type { Captures } from './captures.ts';
import type { NamedOctets } from './database-files.ts';
import type { DeploymentSet } from './deployment-files.ts';
import { OpenWorld, type Made } from './open-world.ts';
import { openFiles, openScenario } from './opening.ts';
import { unpack } from './packed-octets.ts';
import type { Questions } from './questions/questions.ts';
import { Refused } from './refused.ts';
import { replayDocument } from './replay.ts';
import { findRun } from './runs.ts';
import type { Stages } from './stage-names.ts';
import type { BrowsableDatabase } from './table-page.ts';
import type { LineResult, Terminal } from './terminal.ts';

/** What a document began with. */
async function beginningOf(document: HopscopeDocument, context: CallContext): Promise<Made> {
  return document.files.length > 0
    ? openFiles(await Promise.all(document.files.map(unpack)), context)
    : openScenario(document.scenario ?? '', document.seed, context);
}

export class Session {
  readonly #changed: (version: number) => void;
  #open: OpenWorld | null = null;
  #version = 0;

  constructor(changed: (version: number) => void) {
    this.#changed = changed;
  }

  get world(): World {
    return this.#current.world;
  }

  get captures(): Captures {
    return this.#current.captures;
  }

  get deployment(): DeploymentSet | null {
    return this.#current.made.set;
  }

  get questions(): Questions {
    return this.#current.questions;
  }

  databases(): Databases {
    return this.#current.databases();
  }

  stages(): Stages {
    return this.#current.stages();
  }

  browsable(): BrowsableDatabase[] {
    return this.#current.browsable();
  }

  /** What the deeds so far led to, newest first. */
  whatChanged(): readonly Consequences[] {
    return this.#current.changed.answer();
  }

  /** Starts a scenario; the old world stays until the new one stands. */
  async open(id: string, seed: number, context: CallContext): Promise<WorldSnapshot> {
    return this.#replace(this.#hold(await openScenario(id, seed, context)));
  }

  async openFiles(files: readonly NamedOctets[], context: CallContext): Promise<WorldSnapshot> {
    return this.#replace(this.#hold(await openFiles(files, context)));
  }

  /** The old world stays until all deeds of the document are done again in the new one. */
  async openDocument(document: HopscopeDocument, context: CallContext): Promise<WorldSnapshot> {
    const open = this.#hold(await beginningOf(document, context));
    await replayDocument(document, open, context);
    return this.#replace(open);
  }

  /** What `look` sees in this world at the moment of a step: the document is replayed beside it as far as that. */
  async past<Seen>(
    { run, step }: { readonly run: RunId; readonly step: number },
    look: (then: Pick<OpenWorld, 'world' | 'databases'>) => Seen,
    context: CallContext,
  ): Promise<Seen> {
    const { recorder } = this.world;
    const id = findRun(this.world, run).steps[step];
    if (id === undefined) throw new Refused(`Run ${run} has no step ${step}.`);
    const until = recorder.step(id).time;
    const document = await this.document(null);
    const unseen = { ...context, progress: () => undefined };
    const then = new OpenWorld(await beginningOf(document, unseen), () => undefined, until);
    const seen: Seen[] = [];
    then.world.recorder.watch(id, () => seen.push(look(then)));
    await replayDocument(document, then, unseen, until);
    const [only] = seen;
    if (only === undefined) throw new InvariantError(`the replay did not come to step ${id}`);
    return only;
  }

  document(page: unknown): Promise<HopscopeDocument> {
    return this.#current.document(page);
  }

  snapshot(): WorldSnapshot {
    return this.#current.snapshot(this.#version);
  }

  exec(host: string, line: string, context: CallContext): Promise<LineResult> {
    return this.#current.exec(host, line, context);
  }

  inject(place: Omit<InjectedFrame, 'kind' | 'base64' | 'at'>, octets: Uint8Array): Promise<RunId> {
    return this.#current.inject(place, octets);
  }

  fault(fault: Fault, on: boolean): Promise<void> {
    return this.#current.fault(fault, on);
  }

  stepMessages(act: MessageStep['act'], end: MessageEnd | null): Promise<void> {
    return this.#current.stepMessages(act, end);
  }

  playMessages(ask: PlayAsk, context: CallContext): Promise<PlayOutcome> {
    return this.#current.playMessages(ask, context);
  }

  terminal(host: string): Terminal {
    return this.#current.terminal(host);
  }

  run(
    host: string,
    namespace: string,
    argv: readonly string[],
    context: CallContext,
  ): ReturnType<OpenWorld['run']> {
    return this.#current.run(host, namespace, argv, context);
  }

  get #current(): OpenWorld {
    if (!this.#open) throw new Refused('Nothing is open yet.', '', { kept: '' });
    return this.#open;
  }

  /** What happens in a world is told from when it is the one that is open until another is. */
  #hold(made: Made): OpenWorld {
    const open: OpenWorld = new OpenWorld(made, () => {
      if (this.#open === open) this.#touch();
    });
    return open;
  }

  #replace(open: OpenWorld): WorldSnapshot {
    this.#open?.close();
    this.#open = open;
    this.#touch();
    return this.snapshot();
  }

  #touch(): void {
    this.#version += 1;
    this.#changed(this.#version);
  }
}
