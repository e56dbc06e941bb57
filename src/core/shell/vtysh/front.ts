/** What vtysh does itself before any daemon is asked: saving the configuration, and the list of daemons. */
import type { LineResult } from '../../frr/config/session.ts';
import { VTYSH_ORDER } from '../../sim/routing/frr-daemon.ts';
import type { VtyConnection, VtyshHost } from './host.ts';

const ENABLE_NODE = 3;
const NOTE = 'Note: this version of vtysh never writes vtysh.conf\n';
const BUILDING = 'Building Configuration...\n';
const INTEGRATED = /^\s*service integrated-vtysh-config\s*$/m;

const done = (text: string): LineResult => ({ text, status: 'ok' });

/** Whether each word is the beginning of the one it stands for; at least two letters of the first. */
const abbreviates = (words: readonly string[], command: string): boolean => {
  const full = command.split(' ');
  return (
    words.length === full.length &&
    words.every((word, at) => full[at]?.startsWith(word) === true) &&
    (words[0]?.length ?? 0) > 1
  );
};

export class VtyshFront {
  readonly #host: VtyshHost;
  readonly #connection: VtyConnection;
  readonly #folder: string;

  /** `folder`: where the files of the pathspace are. */
  constructor(host: VtyshHost, connection: VtyConnection, folder: string) {
    this.#host = host;
    this.#connection = connection;
    this.#folder = folder;
  }

  get prompt(): string {
    return this.#connection.session.prompt;
  }

  /** Words that may stand where a line ends. */
  complete(line: string): readonly string[] {
    return this.#connection.session.complete(line);
  }

  execute(line: string): LineResult {
    const { session } = this.#connection;
    const words = line.split(/\s+/).filter((word) => word !== '');
    const inConfiguration = session.nodeNumber !== ENABLE_NODE;
    if (inConfiguration && words.shift() !== 'do') return session.execute(line);
    return this.#own(words) ?? session.execute(line);
  }

  #own(words: readonly string[]): LineResult | null {
    const is = (...commands: readonly string[]): boolean =>
      commands.some((command) => abbreviates(words, command));
    if (is('write', 'write memory', 'write file', 'copy running-config startup-config'))
      return this.write(NOTE);
    if (is('write integrated')) return this.write('');
    if (is('show daemons')) return done(this.#daemons());
    if (is('show watchfrr') && this.#connection.running.has('watchfrr')) return done(this.#watchfrr());
    return null;
  }

  #daemons(): string {
    const { running } = this.#connection;
    return ` ${VTYSH_ORDER.filter((name) => running.has(name)).join(' ')}\n`;
  }

  #watchfrr(): string {
    const { running } = this.#connection;
    const watched = VTYSH_ORDER.filter((name) => name !== 'watchfrr' && running.has(name));
    return [
      'watchfrr global phase: Idle',
      ...['restart', 'start', 'stop'].map(
        (verb) =>
          ` ${verb.charAt(0).toUpperCase()}${verb.slice(1)} Command: "/usr/lib/frr/watchfrr.sh ${verb} %s"`,
      ),
      ' Min Restart Interval: 60',
      ' Max Restart Interval: 600',
      ' Restart Timeout: 20',
      ...watched.map((name) => `  ${name.padEnd(20)} Up`),
      '',
    ].join('\n');
  }

  /** Writes `frr.conf`; what was there is kept beside it. */
  write(note: string): LineResult {
    const path = `${this.#folder}/frr.conf`;
    const before = this.#host.readFile(path);
    const isIntegrated = INTEGRATED.test(this.#host.readFile(`${this.#folder}/vtysh.conf`) ?? '');
    if (before === undefined && !isIntegrated)
      return {
        text: '% Not modelled: one file of configuration a daemon\n',
        status: 'unsupported',
        unsupported: { kind: 'unsupported', feature: 'one file of configuration a daemon', where: 'vtysh' },
      };
    const text = this.#connection.runningConfiguration();
    const saved = text.slice(text.indexOf('!\n') + 2).replace(/end\n$/, '');
    if (before !== undefined) this.#host.writeFile(`${path}.sav`, before);
    this.#host.writeFile(path, saved);
    return done(`${note}${BUILDING}Integrated configuration saved to ${path}\n[OK]\n`);
  }
}
