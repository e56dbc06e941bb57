/** `/etc/frr/daemons`: the variables by which FRR's init script knows what to start, as the shell that sources it reads them. */
import { ALL_DAEMONS } from './frr-daemon.ts';

export interface DaemonsFile {
  /** Those to be started, in the order in which that is done. */
  readonly enabled: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
}

const ASSIGNMENT = /^\s*([A-Za-z_]\w*)=(?:"([^"]*)"|'([^']*)'|(\S*))/;

export function readDaemonsFile(text: string): DaemonsFile {
  const variables = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, double, single, plain] = ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined) variables.set(name, double ?? single ?? plain ?? '');
  }
  const isOn = (name: string): boolean => {
    const value = variables.get(name) ?? '';
    return value !== '' && value !== 'no' && value !== '0';
  };
  return {
    enabled: ALL_DAEMONS.filter((name) => name === 'zebra' || name === 'staticd' || isOn(name)),
    variables,
  };
}

/** The words that the init script gives to a daemon. */
export const optionWords = ({ variables }: DaemonsFile, daemon: string): readonly string[] =>
  (variables.get(`${daemon}_options`) ?? '').split(/\s+/).filter((word) => word !== '');

/** Bytes that zebra's words want for its sockets to the kernel; null: they do not say. */
export function socketBufferOf(words: readonly string[]): number | null {
  const [, size] = /(?:^|\s)(?:-s ?|--nl-bufsize[= ])(\d+)/.exec(words.join(' ')) ?? [];
  return size === undefined ? null : Number(size);
}

const OFF = ALL_DAEMONS.filter((name) => name !== 'zebra' && name !== 'staticd');
const LISTENS_ON_6: ReadonlySet<string> = new Set(['ospf6d', 'ripngd', 'pim6d']);

const optionsOf = (name: string): string => {
  const address = LISTENS_ON_6.has(name) ? '::1' : '127.0.0.1';
  return `${name}_options="${name === 'zebra' ? '-A 127.0.0.1 -s 90000000' : `-A ${address}`}"\n`;
};

/** What the package puts into `/etc/frr`; `bgpd` and so on say which daemons are switched on. */
export const packagedFiles = (on: readonly string[] = []): Readonly<Record<string, string>> => ({
  '/etc/frr/daemons': [
    '# Which daemons the init script starts. watchfrr, zebra and staticd always are.\n',
    ...OFF.map((name) => `${name}=${on.includes(name) ? 'yes' : 'no'}\n`),
    '\nvtysh_enable=yes\n',
    ...ALL_DAEMONS.map(optionsOf),
  ].join(''),
  '/etc/frr/frr.conf': 'log syslog informational\n',
  '/etc/frr/vtysh.conf': 'service integrated-vtysh-config\n',
});
