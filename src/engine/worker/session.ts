/** What the worker holds: one world (or opened databases), its terminals, captures and runs, and what the user typed so far. */
import { InvariantError } from '../../core/base/assert.ts';
import { readSettings } from '../../core/ovn/controller/index.ts';
import type { Fault, MessageEnd, RunId, World } from '../../core/sim/index.ts';
import { PROGRAM_NAMES } from '../../core/shell/programs.ts';
import { NO_FILES } from '../../core/shell/site.ts';
import type { Deed, HopscopeDocument, InjectedFrame, MessageStep, TypedCommand } from '../document.ts';
import type { PlayAsk, PlayOutcome } from '../questions/bgp.ts';
import type { Consequences } from '../questions/what-changed.ts';
import type { WorldSnapshot } from '../snapshot.ts';
import type { Databases } from './because.ts';
import type { CallContext } from './call.ts';
import type { Captures } from './captures.ts';
import { play, stepMessages } from './control-plane.ts';
import type { NamedOctets } from './database-files.ts';
import { deploymentSnapshot, type DeploymentSet } from './deployment-files.ts';
import { browsableOf, openWorld, type Made, type Open } from './open-world.ts';
import { openFiles, openScenario } from './opening.ts';
import { base64Of, octetsOf, pack, unpack } from './packed-octets.ts';
import { filesOf } from './questions/dumped-world.ts';
import type { Questions } from './questions/questions.ts';
import { Refused } from './refused.ts';
import { replayDeeds } from './replay.ts';
import { KernelFiles } from '../../core/linux/files/kernel-files.ts';
import { runProgram, type ProgramStart } from './run-program.ts';
import type { ShellPlace } from '../../core/shell/site.ts';
import { findRun } from './runs.ts';
import { Stages } from './stage-names.ts';
import type { BrowsableDatabase } from './table-page.ts';
import { Terminal, type LineResult } from './terminal.ts';
import { worldSnapshot } from './world-snapshot.ts';

/** Simulated time that is run after a frame was injected. */
const INJECTION = 1_000_000_000;
/** Simulated time after what changed something: the least in which a person types the next line. Neighbours hear of it meanwhile. */
const NEXT_LINE = 1_000_000_000;

export class Session {
  readonly #changed: (version: number) => void;
  #open: Open | null = null;
  #version = 0;
  /** Time never passes this: where a replay of the past ends. */
  #end = Infinity;
  /** Lines that have not ended. */
  readonly #running = new Set<Deed>();
  #stages: Stages | null = null;

  constructor(changed: (version: number) => void) {
    this.#changed = changed;
  }

  get world(): World {
    return this.#current.world;
  }

  get captures(): Captures {
    return this.#current.captures;
  }

  /** The databases of the deployment, on the machine that runs them. */
  databases(): Databases {
    const central = this.world.central();
    return { nb: central?.nb, sb: central?.sb };
  }

  /** What the tables of recorded steps stand for. */
  stages(): Stages {
    const { sb } = this.databases();
    if (this.#stages?.speaksOf(sb)) return this.#stages;
    const bridges = new Map<string, string>();
    for (const host of this.world.hosts.values())
      if (host.controller && host.switch)
        bridges.set(host.name, readSettings(host.switch.ovs).integrationBridge);
    this.#stages = new Stages(sb, bridges);
    return this.#stages;
  }

  /** Every database that can be browsed: opened files as they are, else those of the running machines. */
  browsable(): BrowsableDatabase[] {
    return browsableOf(this.#current);
  }

  get deployment(): DeploymentSet | null {
    return this.#current.set;
  }

  /** What the deeds so far led to, newest first. */
  whatChanged(): readonly Consequences[] {
    return this.#current.changed.answer();
  }

  get questions(): Questions {
    return this.#current.questions;
  }

  /** Starts a scenario; the old world stays until the new one stands. */
  async open(id: string, seed: number, context: CallContext): Promise<WorldSnapshot> {
    return this.#replace(await openScenario(id, seed, context));
  }

  async openDocument(document: HopscopeDocument, context: CallContext): Promise<WorldSnapshot> {
    await this.#rebuild(document, context);
    return this.snapshot();
  }

  /** Up to and including `until`, when that is finite: then time stays there. `begun`: the first deed is next. */
  async #rebuild(
    document: HopscopeDocument,
    context: CallContext,
    { until = Infinity, begun }: { readonly until?: number; readonly begun?: () => void } = {},
  ): Promise<void> {
    if (document.files.length > 0)
      await this.openFiles(await Promise.all(document.files.map(unpack)), context);
    else await this.open(document.scenario ?? '', document.seed, context);
    this.#end = until;
    begun?.();
    const quiet = { ...context, output: () => undefined };
    await replayDeeds(
      document.commands,
      {
        clock: this.world.clock,
        driver: this.#current.driver,
        type: (command, signal) => this.exec(command.host, command.line, { ...quiet, signal }),
        act: (deed) => {
          if (deed.kind === 'fault') this.fault(deed.fault, deed.on);
          else if (deed.kind === 'messages') this.stepMessages(deed.act, deed.end);
          else this.inject(deed, octetsOf(deed.base64));
        },
      },
      context,
      until,
    );
  }

  /** What `look` sees in this world at the moment of a step: the document is replayed beside it as far as that. */
  async past<Seen>(
    { run, step }: { readonly run: RunId; readonly step: number },
    look: (then: Session) => Seen,
    context: CallContext,
  ): Promise<Seen> {
    const { recorder } = this.world;
    const id = findRun(this.world, run).steps[step];
    if (id === undefined) throw new Refused(`Run ${run} has no step ${step}.`);
    const session = new Session(() => undefined);
    const seen: Seen[] = [];
    await session.#rebuild(
      await this.document(null),
      { ...context, progress: () => undefined },
      {
        until: recorder.step(id).time,
        begun: () => session.world.recorder.watch(id, () => seen.push(look(session))),
      },
    );
    const [only] = seen;
    if (only === undefined) throw new InvariantError(`the replay did not come to step ${id}`);
    return only;
  }

  async openFiles(files: readonly NamedOctets[], context: CallContext): Promise<WorldSnapshot> {
    return this.#replace(await openFiles(files, context));
  }

  async document(page: unknown): Promise<HopscopeDocument> {
    const { scenario, seed, deeds, files, dump, world } = this.#current;
    return {
      format: 'hopscope',
      version: 1,
      scenario,
      seed,
      // What still runs is stopped where the document ends.
      commands: deeds.map((deed) => (this.#running.has(deed) ? { ...deed, until: world.clock.now() } : deed)),
      files: await Promise.all((dump ? filesOf(dump) : files).map(pack)),
      page,
    };
  }

  snapshot(): WorldSnapshot {
    const { world, set, problems, unknown } = this.#current;
    return worldSnapshot(world, this.databases(), this.#version, {
      deployment: set && deploymentSnapshot(set),
      problems,
      unknown,
    });
  }

  /** Runs a line in a machine's terminal. Ctrl+C is the call's signal. */
  async exec(host: string, line: string, context: CallContext): Promise<LineResult> {
    const open = this.#current;
    const terminal = this.terminal(host);
    const deed: TypedCommand = { kind: 'typed', host, namespace: '', line, at: open.world.clock.now() };
    const place = open.deeds.push(deed) - 1;
    this.#running.add(deed);
    open.questions.changes.begin(host, line);
    const stop = (): void => {
      const at = open.deeds.indexOf(deed);
      if (this.#running.has(deed)) open.deeds[at] = { ...deed, until: open.world.clock.now() };
    };
    context.signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await open.changed.configuring.during(host, () =>
        terminal.exec(line, context.output, context.signal),
      );
      open.world.settle(this.#end);
      if (open.changed.configuring.has(place)) this.#pass(NEXT_LINE);
      return result;
    } finally {
      this.#running.delete(deed);
      context.signal.removeEventListener('abort', stop);
      this.#touch();
    }
  }

  /** Puts a frame on a device; gives the run that it began. */
  inject(place: Omit<InjectedFrame, 'kind' | 'base64' | 'at'>, octets: Uint8Array): RunId {
    const open = this.#current;
    const { host, namespace, device, direction } = place;
    const { run, recorder } = open.world.recorder.begin(`frame on ${device}`);
    const at = open.world.clock.now();
    if (!open.world.inject({ host, namespace, device }, direction, octets, recorder))
      throw new Refused(`${device}: No such device exists`, host);
    open.deeds.push({ kind: 'inject', host, namespace, device, direction, base64: base64Of(octets), at });
    // What one frame leads to, answers included, is over soon; timers that come later are not waited for.
    this.#pass(INJECTION);
    this.#touch();
    return run;
  }

  fault(fault: Fault, on: boolean): void {
    const open = this.#current;
    const at = open.world.clock.now();
    const done = open.world.faults.switch(fault, on);
    if (!done.ok) throw new Refused(done.error);
    open.deeds.push({ kind: 'fault', fault, on, at });
    open.world.settle(this.#end);
    this.#pass(NEXT_LINE);
    this.#touch();
  }

  /** Holds BGP messages back, lets them go, or delivers the first that waits at an end. */
  stepMessages(act: MessageStep['act'], end: MessageEnd | null): void {
    const { world, deeds } = this.#current;
    const at = world.clock.now();
    stepMessages(world, act, end, this.#end);
    deeds.push({ kind: 'messages', act, end, at });
    this.#touch();
  }

  /** Delivers in the order of arrival until what is asked for happens. */
  async playMessages(ask: PlayAsk, context: CallContext): Promise<PlayOutcome> {
    const { world } = this.#current;
    if (!world.messages.holdsAll) this.stepMessages('hold', null);
    try {
      return await play(
        {
          world,
          deliver: (end) => this.stepMessages('deliver', end),
          pass: (time) => this.#pass(time),
        },
        ask,
        context,
      );
    } finally {
      this.#touch();
    }
  }

  /** Lets simulated time pass, but never beyond where the replay of a past ends. */
  #pass(time: number): void {
    const { clock } = this.#current.world;
    clock.run(Math.min(this.#end, clock.now() + time));
  }

  terminal(host: string): Terminal {
    const open = this.#current;
    const known = open.terminals.get(host);
    if (known) return known;
    const terminal = this.#shell(open, host, host, null);
    open.terminals.set(host, terminal);
    return terminal;
  }

  /** A shell of a machine, its lines typed in the terminal of one; `place`: another shell than the terminal's own. */
  #shell(open: Open, host: string, typedOn: string, place: ShellPlace | null): Terminal {
    const machine = open.world.hosts.get(host);
    if (!machine) throw new Refused(`There is no machine ${host}.`);
    return new Terminal(
      host,
      PROGRAM_NAMES,
      (launch) => {
        const { recorder } = open.world.recorder.begin(launch.argv.join(' '));
        return open.changed.configuring.during(typedOn, (settle) =>
          this.#start(open, { ...launch, host, recorder }, settle),
        );
      },
      {
        files: machine.files,
        written: () => machine.written,
        kernelFiles: (namespace) => new KernelFiles(machine.kernel.namespace(namespace)),
        shellOn: (other) => this.#shell(open, other.machine, typedOn, other),
      },
      place && { ...place, terminal: this.terminal(host) },
    );
  }

  /** Runs one program to its end and moves time for it as it needs. */
  async run(
    host: string,
    namespace: string,
    argv: readonly string[],
    context: CallContext,
  ): Promise<{ readonly status: number; readonly run: RunId }> {
    const open = this.#current;
    const { run, recorder } = open.world.recorder.begin(argv.join(' '));
    const status = await this.#start(open, {
      host,
      namespace,
      argv,
      stdin: '',
      write: context.output,
      signal: context.signal,
      recorder,
      files: NO_FILES,
    });
    open.world.settle(this.#end);
    this.#touch();
    return { status, run };
  }

  /** `done`: the program itself has ended. */
  #start(open: Open, how: ProgramStart, done: () => void = () => undefined): Promise<number> {
    return runProgram(open, how, (atOnce) => {
      done();
      if (atOnce) open.world.settle(this.#end);
      this.#touch();
    });
  }

  get #current(): Open {
    if (!this.#open) throw new Refused('Nothing is open yet.', '', { kept: '' });
    return this.#open;
  }

  #replace(made: Made): WorldSnapshot {
    this.#running.clear();
    this.#stages = null;
    this.#end = Infinity;
    this.#open = openWorld(made);
    this.#touch();
    return this.snapshot();
  }

  #touch(): void {
    this.#version += 1;
    this.#changed(this.#version);
  }
}
