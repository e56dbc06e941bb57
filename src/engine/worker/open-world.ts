/** One opened world with all that is done in it: its terminals, captures and runs, and what the user typed so far. */
import { readSettings } from '../../core/ovn/controller/index.ts';
import { KernelFiles } from '../../core/linux/files/kernel-files.ts';
import type { DumpedTexts } from '../../core/readers/dumped-bridge.ts';
import type { Fault, MessageEnd, RunId, World } from '../../core/sim/index.ts';
import { PROGRAM_NAMES } from '../../core/shell/programs.ts';
import { NO_SHELL, type ShellPlace } from '../../core/shell/site.ts';
import type { Deed, HopscopeDocument, InjectedFrame, MessageStep, TypedCommand } from '../document.ts';
import type { PlayAsk, PlayOutcome } from '../questions/bgp.ts';
import type { WorldSnapshot } from '../snapshot.ts';
import type { Databases } from './because.ts';
import type { CallContext } from './call.ts';
import { Captures } from './captures.ts';
import { play, stepMessages } from './control-plane.ts';
import type { NamedOctets, OpenedFile } from './database-files.ts';
import { deploymentSnapshot, type DeploymentSet } from './deployment-files.ts';
import { Driver } from './driver.ts';
import { base64Of, octetsOf, pack } from './packed-octets.ts';
import { filesOf } from './questions/dumped-world.ts';
import { Questions } from './questions/questions.ts';
import { Refused } from './refused.ts';
import { runProgram, type ProgramStart } from './run-program.ts';
import { Stages } from './stage-names.ts';
import { browsable, type BrowsableDatabase } from './table-page.ts';
import { Terminal, type LineResult } from './terminal.ts';
import { WhatChanged } from './what-changed/what-changed.ts';
import { worldSnapshot } from './world-snapshot.ts';

/** Simulated time that is run after a frame was injected. */
const INJECTION = 1_000_000_000;
/** Simulated time after what changed something: the least in which a person types the next line. Neighbours hear of it meanwhile. */
const NEXT_LINE = 1_000_000_000;

/** What an opening brings; the rest is made anew for it. */
export interface Made {
  readonly scenario: string | null;
  readonly seed: number;
  readonly world: World;
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

export class OpenWorld {
  readonly made: Made;
  readonly driver: Driver;
  readonly captures: Captures;
  readonly questions: Questions;
  readonly changed: WhatChanged;
  readonly #deeds: Deed[] = [];
  readonly #terminals = new Map<string, Terminal>();
  /** Lines that have not ended. */
  readonly #running = new Set<Deed>();
  readonly #touched: () => void;
  readonly #closed = new AbortController();
  /** Time never passes this: where a replay of the past ends. */
  readonly #end: number;
  #stages: Stages | null = null;

  /** `touched` is called after all that may show. */
  constructor(made: Made, touched: () => void, end = Infinity) {
    const { world } = made;
    this.made = made;
    this.#touched = touched;
    this.#end = end;
    this.driver = new Driver(world.clock);
    this.captures = new Captures(world);
    this.questions = new Questions(world, this.databases(), this.browsable());
    this.changed = new WhatChanged(world, this.#deeds);
  }

  get world(): World {
    return this.made.world;
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
    const { opened, world } = this.made;
    if (opened.length > 0) return opened.map((file) => browsable(file.database));
    const central = world.central();
    return [
      ...(central ? [browsable(central.nb), browsable(central.sb)] : []),
      ...[...world.hosts.values()].flatMap((host) =>
        host.switch ? [browsable(host.switch.ovs, host.name)] : [],
      ),
    ];
  }

  async document(page: unknown): Promise<HopscopeDocument> {
    const { scenario, seed, files, dump, world } = this.made;
    const now = world.clock.now();
    return {
      format: 'hopscope',
      version: 1,
      scenario,
      seed,
      // What still runs is stopped where the document ends.
      commands: this.#deeds.map((deed) => (this.#running.has(deed) ? { ...deed, until: now } : deed)),
      now,
      files: await Promise.all((dump ? filesOf(dump) : files).map(pack)),
      page,
    };
  }

  snapshot(version: number): WorldSnapshot {
    const { world, set, problems, unknown } = this.made;
    const deployment = set && deploymentSnapshot(set);
    return worldSnapshot(world, this.databases(), version, { deployment, problems, unknown });
  }

  /** Ends what still runs: another world takes the place of this one. */
  close(): void {
    this.#closed.abort(new Refused('Another network was opened meanwhile.', '', { kept: '' }));
  }

  /** Runs a line in a machine's terminal, and gives neighbours the time to hear of what it changed. Ctrl+C is the call's signal. */
  async exec(host: string, line: string, context: CallContext): Promise<LineResult> {
    const { result, aftermath } = await this.typeLine(host, line, context);
    if (aftermath > 0) await this.#pass(aftermath);
    return result;
  }

  /** The line alone; `aftermath` is the simulated time that what it changed should be given. */
  async typeLine(
    host: string,
    line: string,
    { output, signal }: Pick<CallContext, 'output' | 'signal'>,
  ): Promise<{ readonly result: LineResult; readonly aftermath: number }> {
    const { configuring } = this.changed;
    const terminal = this.terminal(host);
    // Who replays goes on as soon as the line has begun.
    if (this.driver.isStill) await this.#begin();
    const deed: TypedCommand = { kind: 'typed', host, namespace: '', line, at: this.#moment() };
    const place = this.#deeds.push(deed) - 1;
    const done = this.driver.shell();
    this.#running.add(deed);
    this.questions.changes.begin(host, line);
    const stop = (): void => {
      const until = this.#moment();
      if (this.#running.has(deed)) this.#deeds[place] = { ...deed, until };
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await configuring.during(host, () =>
        terminal.exec(line, output, AbortSignal.any([signal, this.#closed.signal])),
      );
      this.#settle();
      return { result, aftermath: configuring.has(place) ? NEXT_LINE : 0 };
    } finally {
      this.#running.delete(deed);
      signal.removeEventListener('abort', stop);
      done();
      this.#touched();
    }
  }

  /** Puts a frame on a device; gives the run that it began. */
  async inject(place: Omit<InjectedFrame, 'kind' | 'base64' | 'at'>, octets: Uint8Array): Promise<RunId> {
    await this.#begin();
    const run = this.#inject(place, octets);
    // What one frame leads to, answers included, is over soon; timers that come later are not waited for.
    await this.#pass(INJECTION);
    return run;
  }

  #inject(place: Omit<InjectedFrame, 'kind' | 'base64' | 'at'>, octets: Uint8Array): RunId {
    const { world } = this;
    const { host, namespace, device, direction } = place;
    const at = this.#moment();
    const { run, recorder } = world.recorder.begin(`frame on ${device}`);
    if (!world.inject({ host, namespace, device }, direction, octets, recorder))
      throw new Refused(`${device}: No such device exists`, host);
    this.#deeds.push({ kind: 'inject', host, namespace, device, direction, base64: base64Of(octets), at });
    return run;
  }

  /** Switches a fault on or off, and lets neighbours hear of it. */
  async fault(fault: Fault, on: boolean): Promise<void> {
    await this.#begin();
    this.#switch(fault, on);
    await this.#pass(NEXT_LINE);
  }

  #switch(fault: Fault, on: boolean): void {
    const at = this.#moment();
    const done = this.world.faults.switch(fault, on);
    if (!done.ok) throw new Refused(done.error);
    this.#deeds.push({ kind: 'fault', fault, on, at });
    this.#settle();
  }

  /** Holds BGP messages back, lets them go, or delivers the first that waits at an end. */
  async stepMessages(act: MessageStep['act'], end: MessageEnd | null): Promise<void> {
    await this.#begin();
    await this.#pass(this.#stepMessages(act, end));
  }

  /** Gives the simulated time that the routers should have for it. */
  #stepMessages(act: MessageStep['act'], end: MessageEnd | null): number {
    const at = this.#moment();
    const aftermath = stepMessages(this.world, act, end);
    this.#deeds.push({ kind: 'messages', act, end, at });
    return aftermath;
  }

  /** Delivers in the order of arrival until what is asked for happens. */
  async playMessages(ask: PlayAsk, context: CallContext): Promise<PlayOutcome> {
    const { world } = this;
    const signal = AbortSignal.any([context.signal, this.#closed.signal]);
    if (!world.messages.holdsAll) await this.stepMessages('hold', null);
    const stage = {
      world,
      deliver: (end: MessageEnd) => this.stepMessages('deliver', end),
      pass: (time: number) => this.#pass(time),
    };
    return play(stage, ask, { signal, progress: context.progress });
  }

  /** Does again what needs no time of its own; what it leads to is left to the time that passes afterwards. */
  act(deed: Exclude<Deed, TypedCommand>): void {
    if (deed.kind === 'fault') this.#switch(deed.fault, deed.on);
    else if (deed.kind === 'messages') this.#stepMessages(deed.act, deed.end);
    else this.#inject(deed, octetsOf(deed.base64));
  }

  terminal(host: string): Terminal {
    const known = this.#terminals.get(host);
    if (known) return known;
    const terminal = this.#shell(host, host, null);
    this.#terminals.set(host, terminal);
    return terminal;
  }

  /** A shell of a machine, its lines typed in the terminal of one; `place`: another shell than the terminal's own. */
  #shell(host: string, typedOn: string, place: ShellPlace | null): Terminal {
    const { world, changed, driver } = this;
    const machine = world.hosts.get(host);
    if (!machine) throw new Refused(`There is no machine ${host}.`);
    return new Terminal(
      host,
      PROGRAM_NAMES,
      (launch) => {
        const { recorder } = world.recorder.begin(launch.argv.join(' '));
        return changed.configuring.during(typedOn, (settle) =>
          this.#start({ ...launch, host, recorder }, settle),
        );
      },
      {
        files: machine.files,
        kernelFiles: (namespace) => new KernelFiles(machine.kernel.namespace(namespace)),
        shellOn: (other) => this.#shell(other.machine, typedOn, other),
        begin: () => driver.shell(),
      },
      place ?? undefined,
    );
  }

  /** Runs one program to its end and moves time for it as it needs. */
  async run(
    host: string,
    namespace: string,
    argv: readonly string[],
    { output: write, signal }: CallContext,
  ): Promise<{ readonly status: number; readonly run: RunId }> {
    const { run, recorder } = this.world.recorder.begin(argv.join(' '));
    const done = this.driver.shell();
    try {
      const how = { host, namespace, argv, stdin: '', write, signal, recorder, shell: NO_SHELL };
      const status = await this.#start(how);
      this.#settle();
      return { status, run };
    } finally {
      done();
      this.#touched();
    }
  }

  /** `done`: the program itself has ended. */
  #start(how: ProgramStart, done: () => void = () => undefined): Promise<number> {
    return runProgram(this, how, (atOnce) => {
      done();
      if (atOnce) this.#settle();
      this.#touched();
    });
  }

  /** Before a deed: shells that are between two programs come first, as they do in a replay. */
  async #begin(): Promise<void> {
    await this.driver.moving(this.#closed.signal);
  }

  /** The moment of a deed: whatever else belongs to it is over, so that a replay finds the same. */
  #moment(): number {
    const { clock } = this.world;
    clock.run(clock.now());
    return clock.now();
  }

  #settle(): void {
    this.world.settle(this.#end);
  }

  /** Lets simulated time pass, but never beyond where the replay of a past ends. */
  async #pass(time: number): Promise<void> {
    await this.driver.pass(Math.min(this.#end, this.world.clock.now() + time), this.#closed.signal);
    this.#touched();
  }
}
