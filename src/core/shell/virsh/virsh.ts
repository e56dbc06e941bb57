/** `virsh` of libvirt 8, as far as guests' network interfaces and their running go. */
import { formatMac } from '../../base/address.ts';
import type { Domain, Libvirt } from '../../sim/libvirt.ts';
import type { Exit, Invocation } from '../program.ts';
import { virshTable } from './table.ts';
import { isUnmodelled } from './unmodelled.table.ts';

export interface VirshHost {
  readonly hostname: string;
  readonly libvirt: Libvirt;
}

/** The outcome of a command: text, or an error that virsh words. */
type Outcome = { readonly text: string } | { readonly error: string };

interface Command {
  /** Names of its arguments, those that may be left out in brackets. */
  readonly arguments: readonly string[];
  readonly flags?: readonly string[];
  run(host: VirshHost, words: readonly string[], flags: ReadonlySet<string>): Outcome;
}

const notFound = (name: string): Outcome => ({ error: `failed to get domain '${name}'` });

function withDomain(host: VirshHost, name: string, act: (domain: Domain) => Outcome): Outcome {
  const domains = host.libvirt.domains;
  const domain =
    domains.get(name) ?? [...domains.values()].find(({ id }) => id !== null && String(id) === name);
  return domain ? act(domain) : notFound(name);
}

const stateOf = ({ id }: Domain): string => (id === null ? 'shut off' : 'running');

function list({ libvirt }: VirshHost, _: readonly string[], flags: ReadonlySet<string>): Outcome {
  const all = [...libvirt.domains.values()];
  const running = all.filter(({ id }) => id !== null).toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0));
  const stopped = all.filter(({ id }) => id === null).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const shown = [
    ...(flags.has('--inactive') ? [] : running),
    ...(flags.has('--all') || flags.has('--inactive') ? stopped : []),
  ];
  if (flags.has('--name')) return { text: shown.map(({ name }) => `${name}\n`).join('') };
  return {
    text: virshTable(
      ['Id', 'Name', 'State'],
      shown.map((domain) => [String(domain.id ?? '-'), domain.name, stateOf(domain)]),
    ),
  };
}

const interfaces = (host: VirshHost, [name = '']: readonly string[]): Outcome =>
  withDomain(host, name, (domain) => ({
    text: virshTable(
      ['Interface', 'Type', 'Source', 'Model', 'MAC'],
      domain.interfaces.map(({ tap, spec, guest }) => [
        tap?.name ?? '-',
        spec.source.kind === 'network' ? 'network' : 'bridge',
        spec.source.kind === 'network' ? spec.source.name : spec.source.bridge,
        'virtio',
        formatMac(guest.mac),
      ]),
    ),
  }));

const setLink = (host: VirshHost, [name = '', target = '', state = '']: readonly string[]): Outcome =>
  withDomain(host, name, (domain) => {
    if (state !== 'up' && state !== 'down') return { error: `invalid link state '${state}'` };
    return host.libvirt.setLink(domain, target, state === 'up')
      ? { text: 'Device updated successfully\n' }
      : { error: `interface (target: ${target}) not found` };
  });

const getLink = (host: VirshHost, [name = '', target = '']: readonly string[]): Outcome =>
  withDomain(host, name, ({ interfaces: all }) => {
    const one = all.find(({ tap, guest }) => tap?.name === target || formatMac(guest.mac) === target);
    return one
      ? { text: `${target} ${one.linkUp ? 'up' : 'down'}\n` }
      : { error: `Interface (dev: ${target}) not found.` };
  });

const stop = (host: VirshHost, [name = '']: readonly string[], done: string): Outcome =>
  withDomain(host, name, (domain) =>
    host.libvirt.destroy(domain.name)
      ? { text: `Domain '${domain.name}' ${done}\n` }
      : {
          error: `Failed to ${done === 'destroyed' ? 'destroy' : 'shutdown'} domain '${name}'\nerror: Requested operation is not valid: domain is not running`,
        },
  );

const COMMANDS: Readonly<Record<string, Command>> = {
  list: { arguments: [], flags: ['--all', '--inactive', '--name'], run: list },
  domiflist: { arguments: ['domain'], flags: ['--inactive'], run: interfaces },
  'domif-setlink': { arguments: ['domain', 'interface', 'state'], run: setLink },
  'domif-getlink': { arguments: ['domain', 'interface'], run: getLink },
  domstate: {
    arguments: ['domain'],
    run: (host, [name = '']) => withDomain(host, name, (domain) => ({ text: `${stateOf(domain)}\n` })),
  },
  start: {
    arguments: ['domain'],
    run: (host, [name = '']) =>
      withDomain(host, name, (domain) =>
        host.libvirt.start(domain.name)
          ? { text: `Domain '${domain.name}' started\n` }
          : { error: 'Domain is already active' },
      ),
  },
  destroy: { arguments: ['domain'], run: (host, words) => stop(host, words, 'destroyed') },
  shutdown: { arguments: ['domain'], run: (host, words) => stop(host, words, 'is being shutdown') },
  'net-list': {
    arguments: [],
    flags: ['--all'],
    run: ({ libvirt }) => ({
      text: virshTable(
        ['Name', 'State', 'Autostart', 'Persistent'],
        libvirt.networks
          .map(({ name }) => [name, 'active', 'yes', 'yes'])
          .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      ),
    }),
  },
  hostname: { arguments: [], run: ({ hostname }) => ({ text: `${hostname}\n` }) },
};

/** `--domain X` and `--domain=X` stand for the argument of that name. */
function readArguments(
  command: Command,
  words: readonly string[],
): { readonly values: string[]; readonly flags: Set<string> } | { readonly error: string } {
  const flags = new Set<string>();
  const named = new Map<string, string>();
  const plain: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [, key = '', given] = /^--([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    if (key === '') plain.push(word);
    else if (command.flags?.includes(word)) flags.add(word);
    else if (command.arguments.includes(key)) {
      named.set(key, given ?? words[at + 1] ?? '');
      if (given === undefined) at += 1;
    } else return { error: `command '%' doesn't support option --${key}` };
  }
  const values = command.arguments.map((name) => named.get(name) ?? plain.shift() ?? '');
  const missing = command.arguments.find((_, at) => values[at] === '');
  if (missing !== undefined) return { error: `command '%' requires <${missing}> option` };
  return plain[0] === undefined ? { values, flags } : { error: `unexpected data '${plain[0]}'` };
}

export function virsh({ argv, output, host }: Invocation<VirshHost>): Exit {
  const words = argv.slice(1);
  const quiet = words[0] === '-q' || words[0] === '--quiet';
  if (quiet) words.shift();
  if (words[0] === '-c' || words[0] === '--connect') words.splice(0, 2);
  const [name] = words;
  if (name === undefined) {
    output.err('error: the interactive mode of virsh is not modelled\n');
    return { status: 1 };
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const text = isUnmodelled(name) ? `${name} is not modelled` : `unknown command: '${name}'`;
    output.err(`error: ${text}\n`);
    return { status: 1 };
  }
  const read = readArguments(command, words.slice(1));
  if ('error' in read) {
    output.err(`error: ${read.error.replace('%', name)}\n`);
    return { status: 1 };
  }
  const outcome = command.run(host, read.values, read.flags);
  if ('error' in outcome) output.err(`error: ${outcome.error}\n`);
  else output.out(outcome.text);
  if (!quiet) output.out('\n');
  return { status: 'error' in outcome ? 1 : 0 };
}
