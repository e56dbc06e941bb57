/**
 * Plays a recorded session: what the real ip, bridge, ping and their kernel printed, command by command. It begins in a
 * fresh network namespace; `$ ` begins a command, `[N]` is its status where it is not 0, `# wait N s` lets time pass. At the
 * start such a line says how far the kernel's clock, whose seconds gather timers, was from a whole second.
 */
import { createRandom } from '../../base/random.ts';
import { ok, type Result } from '../../base/result.ts';
import { KernelFiles } from '../../linux/files/kernel-files.ts';
import { Kernel, STRERROR, type Errno } from '../../linux/index.ts';
import { createClock } from '../../sim/clock.ts';
import { arping } from '../arping/arping.ts';
import { brctl } from '../brctl/brctl.ts';
import { bridge } from '../bridge/program.ts';
import { ethtool } from '../ethtool/ethtool.ts';
import { conntrack } from '../conntrack/conntrack.ts';
import { iptablesRestore, iptablesSave } from '../iptables/files.ts';
import { iptables } from '../iptables/iptables.ts';
import type { IpHost } from '../ip/host.ts';
import { ip } from '../ip/program.ts';
import type { Exit, Output, Program, RunningProgram } from '../program.ts';
import { ping } from '../ping/ping.ts';
import { sysctl } from '../sysctl/sysctl.ts';
import { traceroute } from '../traceroute/traceroute.ts';
import { splitWords } from '../words.ts';

/** `cat` and `ls` on what the kernel shows as files. */
const files =
  (show: (files: KernelFiles, path: string) => Result<string, Errno>): Program<IpHost> =>
  ({ argv, host, namespace, output }) => {
    let status = 0;
    for (const path of argv.slice(1)) {
      const shown = show(new KernelFiles(host.kernel.namespace(namespace)), path);
      if (shown.ok) output.out(shown.value);
      else {
        output.err(`${argv[0]}: ${path}: ${STRERROR[shown.error]}\n`);
        status = 1;
      }
    }
    return { status };
  };

const namesIn = (found: KernelFiles, path: string): Result<string, Errno> => {
  const node = found.find(path);
  if (!node.ok) return node;
  const { node: at } = node.value;
  return ok(
    at.kind === 'directory'
      ? at
          .names()
          .map((name) => `${name}\n`)
          .join('')
      : `${path}\n`,
  );
};

const PROGRAMS: Readonly<Record<string, Program<IpHost>>> = {
  arping,
  brctl,
  bridge,
  cat: files((found, path) => found.read(path)),
  conntrack,
  ethtool,
  ip,
  iptables,
  'iptables-restore': iptablesRestore,
  'iptables-save': iptablesSave,
  ls: files(namesIn),
  ping,
  sysctl,
  traceroute,
};
const SECOND = 1e9;
/** A typed command takes a moment. */
const COMMAND = 0.02 * SECOND;

const withoutTimes = (text: string): string =>
  text
    .replaceAll(/time=[\d.]+ ms/g, 'time=T ms')
    .replaceAll(/time \d+ms/g, 'time Tms')
    .replaceAll(/mdev = .*/g, 'mdev = T')
    .replaceAll(/(idle_time"?[ :])[\d.]+/g, '$1T')
    .replaceAll(/^(TS: (?:\t[\d.]+)?)\t\d+ absolute/gm, '$1\tT absolute')
    .replaceAll(/ on \w{3} \w{3} +\d+ [\d:]+ \d{4}$/gm, ' on T')
    .replaceAll(
      /^(icmp +1|udp +17) \d+ (.*)use=\d+$/gm,
      (_, head: string, rest: string) => `${head} T ${rest.replaceAll(/(id|sport|dport)=\d+/g, '$1=N')}use=N`,
    )
    .replaceAll(/expires \d+sec/g, 'expires T')
    .replaceAll(/ {2}[\d.]+ms$/gm, '  Tms')
    .replaceAll(/ {2}\d+\.\d{3} ms/g, '  T ms')
    .replaceAll(/timer(\t+) *\d+\.\d\d/g, 'timer$1T')
    .replaceAll(/\t(no|yes)(\t+) *\d+\.\d\d$/gm, '\t$1$2T');

/** Groups come in the order in which reports happened to arrive. */
const inOrder = (text: string): string =>
  text
    .split(/(?<=\n)/)
    .sort()
    .join('');

class Player {
  readonly #clock = createClock();
  readonly #context = {
    clock: this.#clock,
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  };
  // The recording kernel has one of the optional devices alone.
  readonly #kernel = new Kernel('host', this.#context, { features: new Set(['macvlan']) });

  wait(seconds: number): void {
    this.#clock.run(this.#clock.now() + seconds * SECOND);
  }

  #start(argv: readonly string[], namespace: string, output: Output): Exit | RunningProgram {
    const program = PROGRAMS[argv[0] ?? ''];
    if (program === undefined) throw new Error(`${argv[0]} is in no session`);
    const host = {
      kernel: this.#kernel,
      run: (inner: readonly string[], where: string, to: Output) => this.#start(inner, where, to),
    };
    return program({ argv, stdin: '', output, context: this.#context, host, namespace });
  }

  /** Times of echoes are not the recording's: they are T. */
  type(command: string): { text: string; status: number } {
    let text = '';
    const add = (part: string): void => void (text += part);
    const words = splitWords(command);
    const result = this.#start(words.ok ? words.value : [], '', { out: add, err: add });
    let status = 'status' in result ? result.status : undefined;
    if (!('status' in result))
      result.onDone((exit) => {
        status = exit.status;
      });
    while (status === undefined && this.#clock.step());
    this.wait(COMMAND / SECOND);
    if (status === undefined) throw new Error(`${command} does not end`);
    const stable = withoutTimes(text);
    const isUnordered = command === 'bridge mdb show' || /\bconntrack -L/.test(command);
    return { text: isUnordered ? inOrder(stable) : stable, status };
  }
}

/** The session as this kernel and these programs give it, in the form of the recording. */
export function playSession(recorded: string): string {
  const player = new Player();
  const played: string[] = [];
  for (const line of recorded.split('\n')) {
    const wait = /^# wait ([\d.]+) s$/.exec(line);
    if (wait !== null) player.wait(Number(wait[1]));
    if (wait !== null) played.push(line);
    if (!line.startsWith('$ ')) continue;
    const { text, status } = player.type(line.slice(2));
    played.push(line, ...text.split('\n').slice(0, -1), ...(status === 0 ? [] : [`[${status}]`]));
  }
  return played.join('\n');
}
