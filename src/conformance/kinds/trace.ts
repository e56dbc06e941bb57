/**
 * Traces of logical packets against recorded ovn-trace output (golden/ovn and golden/eras): three points a case, one for each
 * form; each compares standard output, standard error and status. Not compared: which member of a `select` and which
 * backend of a load balancer the real program happened to draw. Any draw that gives the recorded text will do.
 */
import type { Random } from '../../core/base/random.ts';
import { readDatabaseFile } from '../../core/ovsdb/index.ts';
import { SouthboundTrace, type TraceForm, printTrace } from '../../core/ovn/trace/index.ts';
import { readCommand } from '../../core/shell/ovn-trace/options.ts';
import { type GoldenFolder, type Point, type Runner, firstDifference } from '../runner.ts';

const FORMS: readonly TraceForm[] = ['detailed', 'summary', 'minimal'];
/** How many combinations of draws are tried. */
const MAX_TRIES = 200;

/** One recorded trace. */
interface TraceCase {
  readonly datapath: string;
  readonly microflow: string;
  readonly options: readonly string[];
  readonly detailed: string;
  readonly summary: string;
  readonly minimal: string;
  readonly status: number;
  readonly stderr: string;
}

/** Draws that are planned: each next plan is another combination, until there is none. */
export class PlannedDraws implements Random {
  private readonly plan: number[] = [];
  private readonly bounds: number[] = [];
  private at = 0;

  next32(): number {
    return this.below(2 ** 32);
  }

  below(bound: number): number {
    const draw = this.plan[this.at] ?? 0;
    this.plan[this.at] = draw;
    this.bounds[this.at] = bound;
    this.at += 1;
    return draw;
  }

  fork(): Random {
    return this;
  }

  /** Counts up the last draw that can be; false when all combinations have been. */
  advance(): boolean {
    let last = this.at - 1;
    while (last >= 0 && (this.plan[last] ?? 0) + 1 >= (this.bounds[last] ?? 0)) last -= 1;
    this.plan.length = last + 1;
    this.at = 0;
    if (last < 0) return false;
    this.plan[last] = (this.plan[last] ?? 0) + 1;
    return true;
  }
}

/** Folders with a southbound database and traces. */
function casesOf(folder: GoldenFolder): string[] {
  const eras = folder
    .list('eras')
    .filter((name) => !name.includes('.md'))
    .flatMap((release) => folder.list(`eras/${release}`).map((name) => `eras/${release}/${name}`));
  const all = [...folder.list('ovn').map((name) => `ovn/${name}`), ...eras];
  return all.filter((path) => folder.exists(`${path}/trace`) && folder.exists(`${path}/ovnsb_db.db`));
}

/** A database and what the program says while it reads it. */
class TraceSite {
  private readonly warnings: string[] = [];
  private readonly errors: string[] = [];
  private readonly initial: readonly string[];
  private readonly southbound: SouthboundTrace;

  constructor(octets: Uint8Array) {
    const file = readDatabaseFile(octets);
    if (!file.ok) throw new Error(`the database cannot be read: ${JSON.stringify(file.error)}`);
    const warn = (message: string): void => void this.warnings.push(message);
    const error = (module: string, text: string): void => void this.errors.push(`${module}|ERR|${text}`);
    this.southbound = new SouthboundTrace(file.value.database, { warn, error, isEager: true });
    this.initial = this.warnings.slice();
  }

  /** Output, standard error and status in one text. */
  run({ datapath, microflow, options }: TraceCase, form: TraceForm, random: Random): string {
    this.warnings.length = 0;
    this.errors.length = 0;
    const stderr: string[] = [];
    const warn = (text: string): void => void this.warnings.push(text);
    const error = (module: string, text: string): void =>
      void stderr.push(`<time>|00001|${module}|ERR|${text}\n`);
    const command = readCommand(options, { warn, error });
    if (!command.ok) return joined('', `${stderr.join('')}ovn-trace: ${command.error}\n`, 1);
    this.warnings.push(...this.initial);
    const request = { datapath: datapath === '' ? undefined : datapath, microflow };
    const trace = this.southbound.trace(request, { ...command.value.trace, random });
    const text = trace.ok ? `# ${trace.value.packet}\n${printTrace(trace.value.root, form)}` : trace.error;
    // The program's limit lets one warning through.
    const lines = [...this.warnings.slice(0, 1).map((line) => `ovntrace|WARN|${line}`), ...this.errors];
    const logged = lines.map((line, at) => `<time>|${String(at + 1).padStart(5, '0')}|${line}\n`);
    return joined(text, logged.join(''), 0);
  }
}

const joined = (stdout: string, stderr: string, status: number): string =>
  `${stdout}\nstderr ${stderr}status ${status}`;

/** What differs, whatever is drawn; undefined for nothing. */
function difference(site: TraceSite, golden: TraceCase, form: TraceForm): string | undefined {
  const expected = joined(golden[form], golden.stderr, golden.status);
  const draws = new PlannedDraws();
  let why: string | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const actual = site.run(golden, form, draws);
    if (actual === expected) return undefined;
    why ??= firstDifference(expected, actual);
    if (!draws.advance()) break;
  }
  return why;
}

function* runCase(folder: GoldenFolder, path: string): Generator<Point> {
  const site = new TraceSite(folder.octets(`${path}/ovnsb_db.db`));
  for (const name of folder.list(`${path}/trace`)) {
    const golden = JSON.parse(folder.text(`${path}/trace/${name}`)) as TraceCase;
    // A negative status: the real program crashed.
    if (golden.status < 0) continue;
    for (const form of FORMS) {
      const id = `${path}/trace/${name} ${form}`;
      const why = difference(site, golden, form);
      yield why === undefined ? { kind: 'trace', id, pass: true } : { kind: 'trace', id, pass: false, why };
    }
  }
}

export const traceRunner: Runner = {
  kinds: ['trace'],
  *run(folder, wanted) {
    if (!wanted('trace')) return;
    for (const path of casesOf(folder)) yield* runCase(folder, path);
  },
};
