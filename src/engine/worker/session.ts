/** What the worker holds: one world (or opened databases), its terminals, captures and runs, and what the user typed so far. */
import { asNb, asSb, type Database } from '../../core/ovsdb/index.ts';
import { World, type RunId } from '../../core/sim/index.ts';
import { NO_FILES, PROGRAM_NAMES, startProgram, type FileAccess } from '../../core/shell/programs.ts';
import { replay } from '../../core/shell/transcript.ts';
import { CATALOGUE, findScenario } from '../../scenarios/catalogue.ts';
import type { HopscopeDocument, TypedCommand } from '../protocol.ts';
import type { WorldSnapshot } from '../snapshot.ts';
import type { Databases } from './because.ts';
import type { CallContext } from './call.ts';
import { Captures } from './captures.ts';
import { decodeDatabaseFiles, type NamedOctets, type OpenedFile } from './database-files.ts';
import { Driver } from './driver.ts';
import { gunzip, gzip } from './gzip.ts';
import { Refused } from './refused.ts';
import { worldSnapshot } from './world-snapshot.ts';
import { Terminal, type LineResult } from './terminal.ts';
import { browsable, type BrowsableDatabase } from './table-page.ts';

/** Simulated time from the last command of a scenario until the user has it: addresses have passed their detection by then. */
const REST = 5_000_000_000;

/** Everything that belongs to one opened world. Replaced whole when another is opened. */
interface Open {
  readonly scenario: string | null;
  readonly seed: number;
  readonly world: World;
  readonly driver: Driver;
  readonly captures: Captures;
  readonly terminals: Map<string, Terminal>;
  readonly commands: TypedCommand[];
  /** Databases that were opened from files; they stand for a running central node. */
  readonly files: readonly OpenedFile[];
}

export class Session {
  readonly #changed: (version: number) => void;
  #open: Open | null = null;
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

  scenarios() {
    return CATALOGUE.map(({ id, title, summary, machines, tryNext }) => ({
      id,
      title,
      summary,
      hosts: machines.length,
      tryNext,
    }));
  }

  /** The databases of the deployment, on the machine that runs them. */
  databases(): Databases {
    const central = this.world.central();
    return { nb: central?.nb, sb: central?.sb };
  }

  /** Every database that can be browsed: opened files as they are, else those of the running machines. */
  browsable(): BrowsableDatabase[] {
    const { files, world } = this.#current;
    if (files.length > 0) return files.map((file) => browsable(file.database));
    const central = world.central();
    return [
      ...(central ? [browsable(central.nb), browsable(central.sb)] : []),
      ...world.switchDatabases().map(browsable),
    ];
  }

  /** Starts a scenario; the old world stays until the new one stands. */
  open(id: string, seed: number, context: CallContext): WorldSnapshot {
    const scenario = findScenario(id);
    if (!scenario) throw new Refused(`There is no scenario ${id}.`);
    const world = new World(scenario, seed);
    scenario.transcript.forEach((line, index) => {
      context.progress(index, scenario.transcript.length, line.line);
      const outcome = replay(world, line.machine, line.line);
      if (outcome.status !== 0) throw new Refused(`${line.line}: ${outcome.err.trim()}`, line.machine);
    });
    world.clock.run(world.clock.now() + REST);
    this.#replace({ scenario: id, seed, world, files: [] });
    return this.snapshot();
  }

  async openDocument(document: HopscopeDocument, context: CallContext): Promise<WorldSnapshot> {
    if (document.files.length > 0)
      await this.openFiles(await Promise.all(document.files.map(unpack)), context);
    else this.open(document.scenario ?? '', document.seed, context);
    for (const [index, command] of document.commands.entries()) {
      context.progress(index, document.commands.length, command.line);
      // Lines are entered at the moments at which they were typed, so that the run is the same octet for octet.
      if (this.world.clock.now() < command.at) this.world.clock.run(command.at);
      await this.exec(command.host, command.line, { ...context, output: () => undefined });
    }
    return this.snapshot();
  }

  /** Opened databases stand on a machine of their own, so that every database program works on them. */
  async openFiles(files: readonly NamedOctets[], context: CallContext): Promise<WorldSnapshot> {
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
    this.#replace({ scenario: null, seed: 1, world, files: opened });
    return this.snapshot();
  }

  async document(page: unknown): Promise<HopscopeDocument> {
    const { scenario, seed, commands, files } = this.#current;
    return {
      format: 'hopscope',
      version: 1,
      scenario,
      seed,
      commands: [...commands],
      files: await Promise.all(files.map(pack)),
      page,
    };
  }

  snapshot(): WorldSnapshot {
    const { world } = this.#current;
    return worldSnapshot(world, this.databases(), this.#version);
  }

  /** Runs a line in a machine's terminal. Ctrl+C is the call's signal. */
  async exec(host: string, line: string, context: CallContext): Promise<LineResult> {
    const open = this.#current;
    const terminal = this.terminal(host);
    open.commands.push({ host, namespace: '', line, at: open.world.clock.now() });
    const result = await terminal.exec(line, context.output, context.signal);
    open.world.settle();
    this.#touch();
    return result;
  }

  terminal(host: string): Terminal {
    const open = this.#current;
    const known = open.terminals.get(host);
    if (known) return known;
    if (!open.world.hosts.has(host)) throw new Refused(`There is no machine ${host}.`);
    const terminal = new Terminal(host, PROGRAM_NAMES, (argv, stdin, write, signal, files) =>
      this.#run(open, host, argv, stdin, write, signal, files),
    );
    open.terminals.set(host, terminal);
    return terminal;
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
    open.world.settle();
    this.#touch();
    return { status, run };
  }

  #run(
    open: Open,
    host: string,
    argv: readonly string[],
    stdin: string,
    write: (stream: 'out' | 'err', text: string) => void,
    signal: AbortSignal,
    files: FileAccess,
  ): Promise<number> {
    const { recorder } = open.world.recorder.begin(argv.join(' '));
    return this.#start(open, { host, namespace: '', argv, stdin, write, signal, recorder, files });
  }

  #start(
    open: Open,
    how: {
      readonly host: string;
      readonly namespace: string;
      readonly argv: readonly string[];
      readonly stdin: string;
      readonly write: (stream: 'out' | 'err', text: string) => void;
      readonly signal: AbortSignal;
      readonly recorder: ReturnType<World['recorder']['begin']>['recorder'];
      readonly files: FileAccess;
    },
  ): Promise<number> {
    const { world, driver } = open;
    const begun = startProgram(world, {
      host: how.host,
      namespace: how.namespace,
      argv: how.argv,
      stdin: how.stdin,
      output: { out: (text) => how.write('out', text), err: (text) => how.write('err', text) },
      recorder: how.recorder,
      files: how.files,
    });
    if (!('cancel' in begun)) {
      world.settle();
      this.#touch();
      return Promise.resolve(begun.status);
    }
    return new Promise((resolve) => {
      const release = driver.add(begun.pace);
      how.signal.addEventListener('abort', () => begun.cancel(), { once: true });
      begun.onDone((exit) => {
        release();
        this.#touch();
        resolve(exit.status);
      });
    });
  }

  get #current(): Open {
    if (!this.#open) throw new Refused('Nothing is open yet.', '', { kept: '' });
    return this.#open;
  }

  #replace(made: Pick<Open, 'scenario' | 'seed' | 'world' | 'files'>): void {
    const { world } = made;
    this.#open = {
      ...made,
      driver: new Driver(world.clock),
      captures: new Captures(world),
      terminals: new Map(),
      commands: [],
    };
    this.#touch();
  }

  #touch(): void {
    this.#version += 1;
    this.#changed(this.#version);
  }
}

async function pack(file: OpenedFile): Promise<HopscopeDocument['files'][number]> {
  let text = '';
  for (const octet of await gzip(file.octets)) text += String.fromCharCode(octet);
  return { name: file.name, base64: btoa(text) };
}

async function unpack(file: HopscopeDocument['files'][number]): Promise<NamedOctets> {
  try {
    const packed = Uint8Array.from(atob(file.base64), (char) => char.charCodeAt(0));
    return { name: file.name, octets: await gunzip(packed) };
  } catch {
    throw new Refused('The databases inside this document cannot be unpacked.', file.name, {
      remedy: 'Open the database files again.',
    });
  }
}
