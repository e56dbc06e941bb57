/** The options of podman's commands that hold on a simulated machine; every other one is refused by name. */
import { err, ok, type Result } from '../../base/result.ts';

/** A switch, or the test that a value has to pass: it then says what is so anyway, or is used. */
type Holds = 'switch' | ((value: string) => boolean);

const anything = (): boolean => true;
const isRoot = (value: string): boolean => /^(?:root|0)(?::(?:root|0))?$/.test(value);
const isHostNetwork = (value: string): boolean => value === 'host';
const isSeconds = (value: string): boolean => /^\d+$/.test(value);

const TERMINAL = { '-i': 'switch', '--interactive': 'switch', '-t': 'switch', '--tty': 'switch' } as const;
const USER = { '-u': isRoot, '--user': isRoot, '--privileged': 'switch' } as const;
/** Programs here end as soon as they are told to, so that no patience is needed. */
const PATIENCE = { '-t': isSeconds, '--time': isSeconds } as const;

const OPTIONS = {
  run: {
    ...TERMINAL,
    ...USER,
    '--name': anything,
    '--net': isHostNetwork,
    '--network': isHostNetwork,
    '-d': 'switch',
    '--detach': 'switch',
    '--rm': 'switch',
  },
  exec: { ...TERMINAL, ...USER },
  ps: { '-q': 'switch', '--quiet': 'switch' },
  stop: PATIENCE,
  start: {},
  restart: PATIENCE,
  rm: { ...PATIENCE, '-f': 'switch', '--force': 'switch' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Holds>>>>;

export type Verb = keyof typeof OPTIONS;

export const isVerb = (word: string): word is Verb => Object.hasOwn(OPTIONS, word);

export interface PodmanCommand {
  /** Under each name as it was typed. */
  readonly options: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** `-it` as `-i -t`, `-uroot` as `-u root`; options end at the first word, since a program's own may follow. */
export function parsePodman(verb: Verb, argv: readonly string[]): Result<PodmanCommand> {
  const known: Readonly<Record<string, Holds>> = OPTIONS[verb];
  const options = new Map<string, string>();
  const pending = [...argv];
  for (let word = pending[0]; word !== undefined && /^-./.test(word); word = pending[0]) {
    pending.shift();
    if (word === '--') break;
    const isLong = word.startsWith('--');
    const [name = '', ...parts] = isLong ? word.split('=') : [word.slice(0, 2)];
    const joined = isLong ? parts.join('=') : word.slice(2).replace(/^=/, '');
    const holds = Object.hasOwn(known, name) ? known[name] : undefined;
    if (holds === undefined) return err(`podman ${verb} ${name} is not modelled`);
    if (holds === 'switch') {
      if (isLong && parts.length > 0 && joined !== 'true')
        return err(`podman ${verb} ${word} is not modelled`);
      if (!isLong && joined !== '') pending.unshift(`-${joined}`);
      options.set(name, '');
      continue;
    }
    const value = parts.length > 0 || joined !== '' ? joined : pending.shift();
    if (value === undefined)
      return err(
        isLong ? `flag needs an argument: ${name}` : `flag needs an argument: '${name.charAt(1)}' in ${name}`,
      );
    if (!holds(value)) return err(`podman ${verb} ${name} ${value} is not modelled`);
    options.set(name, value);
  }
  return ok({ options, words: pending });
}
