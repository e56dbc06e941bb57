/** `ip` of iproute2 6.1.0: options, then the object and its command. */
import type { Invocation, Exit, RunningProgram } from '../program.ts';
import { addressLabelCommand, tokenCommand } from './address-label.ts';
import { modifyAddress } from './address-modify.ts';
import { EndProgram, matches } from './arguments.ts';
import type { IpHost } from './host.ts';
import { addLinkCommand, deleteLinkCommand, setLinkCommand } from './link-modify.ts';
import { maddressCommand } from './maddress.ts';
import { monitorCommand } from './monitor.ts';
import { neighbourCommand } from './neighbour.ts';
import { netnsCommand } from './netns.ts';
import { nexthopCommand } from './nexthop.ts';
import { getRoute } from './route-get.ts';
import { modifyRoute } from './route-modify.ts';
import { flushRoutes, showRoutes } from './route-show.ts';
import { ruleCommand } from './rule.ts';
import { IpRun, noOptions, type IpOptions } from './run.ts';
import { showLinks } from './show-links.ts';
import { tuntapCommand } from './tuntap.ts';
import { IP_USAGE, TYPE_USAGE, USAGE } from './usage.table.ts';
import { vrfCommand } from './vrf.ts';

type Command = (run: IpRun, words: readonly string[]) => number | RunningProgram;

/** Objects in the order in which abbreviations are tried. */
const OBJECTS: readonly (readonly [string, Command | null])[] = [
  ['address', addressCommand],
  ['addrlabel', addressLabelCommand],
  ['maddress', maddressCommand],
  ['route', routeCommand],
  ['rule', ruleCommand],
  ['neighbor', neighbourCommand],
  ['neighbour', neighbourCommand],
  ['ntable', null],
  ['ntbl', null],
  ['link', linkCommand],
  ['l2tp', null],
  ['fou', null],
  ['ila', null],
  ['macsec', null],
  ['tunnel', null],
  ['tunl', null],
  ['tuntap', tuntapCommand],
  ['tap', tuntapCommand],
  ['token', tokenCommand],
  ['tcpmetrics', null],
  ['tcp_metrics', null],
  ['monitor', monitorCommand],
  ['xfrm', null],
  ['mroute', listsNothing],
  ['mrule', null],
  ['netns', netnsCommand],
  ['netconf', netconfCommand],
  ['vrf', vrfCommand],
  ['sr', null],
  ['nexthop', nexthopCommand],
  ['mptcp', null],
  ['ioam', null],
  ['help', (run) => usage(run)],
  ['stats', null],
];

/** What has no entries here: routes for groups come from daemons that are not modelled. */
function listsNothing(run: IpRun, words: readonly string[]): number {
  const [command] = words;
  if (command === undefined || ['show', 'list', 'lst'].some((name) => matches(command, name))) return 0;
  run.err(`Command "${command}" is unknown, try "ip mroute help".\n`);
  return 255;
}

function usage(run: IpRun): number {
  run.err(IP_USAGE);
  return 255;
}

function addressCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return showLinks(run, [], false);
  const is = (...names: readonly string[]): boolean => names.some((name) => matches(command, name));
  if (is('add')) return modifyAddress(run, 'add', rest);
  if (is('change') || command === 'chg') return modifyAddress(run, 'change', rest);
  if (is('replace')) return modifyAddress(run, 'replace', rest);
  if (is('delete')) return modifyAddress(run, 'delete', rest);
  if (is('list', 'show', 'lst')) return showLinks(run, rest, false);
  if (is('flush')) return showLinks(run, rest, false, true);
  if (is('help')) return run.arguments(words).end(USAGE.address ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip address help".\n`);
  return 255;
}

function linkCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return showLinks(run, [], true);
  const is = (...names: readonly string[]): boolean => names.some((name) => matches(command, name));
  if (is('add')) return addLinkCommand(run, rest);
  if (is('set', 'change')) return setLinkCommand(run, rest);
  if (is('replace')) return addLinkCommand(run, rest);
  if (is('delete')) return deleteLinkCommand(run, rest);
  if (is('show', 'lst', 'list')) return showLinks(run, rest, true);
  if (is('help'))
    return run
      .arguments(words)
      .end(
        (rest[0] === undefined ? undefined : TYPE_USAGE[rest[0]]) ?? USAGE.link ?? '',
        rest[0] !== undefined && rest[0] in TYPE_USAGE ? 0 : 255,
      );
  if (command === 'property') return property(run, rest);
  // Only MPLS has such counters.
  if (matches(command, 'afstats')) return 0;
  run.err(`Command "${command}" is unknown, try "ip link help".\n`);
  return 255;
}

/** `ip link property add dev NAME altname OTHER`. */
function property(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words.slice(1));
  const names: string[] = [];
  let device: string | null = null;
  while (!args.done) {
    if (args.is('altname')) names.push(args.next());
    else {
      if (args.is('dev')) args.next();
      device = args.word;
    }
    args.advance();
  }
  const link = device === null ? undefined : run.link(device);
  if (link === undefined) return run.noDevice(device ?? '');
  for (const name of names) {
    if (matches(words[0] ?? '', 'add')) {
      if (run.link(name) !== undefined) return run.refused({ errno: 'EEXIST' });
      link.altNames.push(name);
    } else if (link.altNames.includes(name)) link.altNames.splice(link.altNames.indexOf(name), 1);
    else return run.refused({ errno: 'ENOENT' });
  }
  return 0;
}

function routeCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return showRoutes(run, []);
  const is = (...names: readonly string[]): boolean => names.some((name) => matches(command, name));
  if (is('list', 'show', 'lst')) return showRoutes(run, rest);
  if (is('get')) return getRoute(run, rest);
  if (is('add')) return modifyRoute(run, 'add', rest);
  if (is('change') || command === 'chg') return modifyRoute(run, 'change', rest);
  if (is('replace')) return modifyRoute(run, 'replace', rest);
  if (is('prepend')) return modifyRoute(run, 'prepend', rest);
  if (is('append')) return modifyRoute(run, 'append', rest);
  if (is('test')) return modifyRoute(run, 'add', rest);
  if (is('delete')) return modifyRoute(run, 'delete', rest);
  if (is('flush')) return flushRoutes(run, rest);
  if (is('help')) return run.arguments(words).end(USAGE.route ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip route help".\n`);
  return 255;
}

function netconfCommand(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  if (args.matches('show', 'list', 'lst')) args.advance();
  if (args.is('dev')) args.next();
  if (!args.done && run.link(args.word) === undefined) {
    run.err(`Device "${args.word}" does not exist.\n`);
    return 1;
  }
  const devices = args.done ? [...run.links().map(({ name }) => name), 'all', 'default'] : [args.word];
  const onOff = (value: number): string => (value === 0 ? 'off' : 'on');
  const { sysctl } = run.net;
  if (run.family !== 6)
    for (const device of devices) {
      const four = (name: string): string => onOff(sysctl.conf4(device, name));
      const filter = ['off', 'strict', 'loose'][sysctl.conf4(device, 'rp_filter')] ?? 'off';
      run.output.out(
        `inet ${device} forwarding ${four('forwarding')} rp_filter ${filter} mc_forwarding ${four('mc_forwarding')} proxy_neigh ${four('proxy_arp')} ignore_routes_with_linkdown ${four('ignore_routes_with_linkdown')} \n`,
      );
    }
  if (run.family !== 4)
    for (const device of devices) {
      const six = (name: string): string => onOff(sysctl.conf6(device, name));
      run.output.out(
        `inet6 ${device} forwarding ${six('forwarding')} mc_forwarding ${six('mc_forwarding')} proxy_neigh ${six('proxy_ndp')} ignore_routes_with_linkdown ${six('ignore_routes_with_linkdown')} \n`,
      );
    }
  return 0;
}

const FAMILIES: Readonly<Record<string, IpOptions['family']>> = {
  inet: 4,
  inet6: 6,
  link: 'link',
  bridge: 'bridge',
  mpls: 'mpls',
};

type Parsed =
  | {
      readonly kind: 'go';
      readonly options: IpOptions;
      readonly namespace: string;
      readonly words: readonly string[];
    }
  | { readonly kind: 'end'; readonly status: number };

function parseOptions(invocation: Invocation<IpHost>): Parsed {
  const { argv, output, host } = invocation;
  const options = noOptions();
  let { namespace } = invocation;
  let at = 1;
  const end = (status: number, text: string): Parsed => {
    output.err(text);
    return { kind: 'end', status };
  };
  for (; at < argv.length; at += 1) {
    let option = argv[at] as string;
    if (option === '--') {
      at += 1;
      break;
    }
    if (!option.startsWith('-')) break;
    if (option.startsWith('--')) option = option.slice(1);
    const is = (...names: readonly string[]): boolean => names.some((name) => matches(option, name));
    const next = (): string | undefined => {
      at += 1;
      return argv[at];
    };
    if (option !== '-r' && is('-loops', '-rcvbuf', '-batch')) {
      if (next() === undefined) return end(255, IP_USAGE);
    } else if (is('-family')) {
      const word = next();
      if (word === undefined || word === 'help') return end(255, IP_USAGE);
      const family = FAMILIES[word];
      if (family === undefined)
        return end(255, `Error: argument "${word}" is wrong: invalid protocol family\n`);
      options.family = family;
    } else if (option === '-4') options.family = 4;
    else if (option === '-6') options.family = 6;
    else if (option === '-0') options.family = 'link';
    else if (option === '-M') options.family = 'mpls';
    else if (option === '-B') options.family = 'bridge';
    else if (is('-human', '-human-readable')) options.human = true;
    else if (is('-iec')) options.iec = true;
    else if (is('-stats', '-statistics')) options.statistics += 1;
    else if (is('-details')) options.details = true;
    else if (is('-resolve')) options.resolve = true;
    else if (is('-oneline')) options.oneline = true;
    else if (is('-timestamp')) options.timestamp = 'long';
    else if (is('-tshort')) options.timestamp = 'short';
    else if (is('-Version')) {
      output.out('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
      return { kind: 'end', status: 0 };
    } else if (is('-force')) options.force = true;
    else if (is('-brief')) options.brief = true;
    else if (is('-json')) options.json = true;
    else if (is('-pretty')) options.pretty = true;
    else if (option.startsWith('-c') && matches(option.split('=')[0] ?? '', '-color')) {
      // Colours are not shown.
    } else if (is('-help')) return end(255, IP_USAGE);
    else if (is('-netns')) {
      const name = next();
      if (name === undefined) return end(255, 'Command line is not complete. Try option "help"\n');
      if (!host.kernel.namespaces.has(name))
        return end(255, `Cannot open network namespace "${name}": No such file or directory\n`);
      namespace = name;
    } else if (is('-Numeric')) options.numeric = true;
    else if (is('-all')) options.all = true;
    else if (option === '-echo') options.force = options.force || false;
    else return end(255, `Option "${option}" is unknown, try "ip -help".\n`);
  }
  return { kind: 'go', options, namespace, words: argv.slice(at) };
}

/** `argv[0]` is the program's name. */
export function ip(invocation: Invocation<IpHost>): Exit | RunningProgram {
  const parsed = parseOptions(invocation);
  if (parsed.kind === 'end') return { status: parsed.status };
  const { output, context, host } = invocation;
  const run = new IpRun(host, context, output, parsed.options, parsed.namespace);
  const [object, ...words] = parsed.words;
  if (object === undefined) {
    output.err(IP_USAGE);
    return { status: 255 };
  }
  const found = OBJECTS.find(([name]) => matches(object, name));
  if (found === undefined) {
    output.err(`Object "${object}" is unknown, try "ip help".\n`);
    return { status: 1 };
  }
  const [name, command] = found;
  if (command === null) {
    output.err(`ip ${name} is not modelled\n`);
    return { status: 1 };
  }
  try {
    const result = command(run, words);
    return typeof result === 'number' ? { status: result } : result;
  } catch (error) {
    if (error instanceof EndProgram) return { status: error.status };
    throw error;
  }
}
