/** `ip rule`: policy rules shown, added, removed. */
import { formatIp, widthOf, type Family } from '../../linux/family.ts';
import type { Rule, RuleAction } from '../../linux/route.ts';
import { TABLE } from '../../linux/route.ts';
import { plainRule } from '../../linux/new-namespace.ts';
import { Arguments, type Prefix } from './arguments.ts';
import {
  groupName,
  groupNumber,
  protocolName,
  protocolNumber,
  tableName,
  tableNumber,
  tosName,
  tosNumber,
} from './names.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';
import type { Writer } from './writer.ts';

const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  ospf: 89,
  vrrp: 112,
  sctp: 132,
};

const protocolText = (protocol: number): string =>
  Object.entries(IP_PROTOCOLS).find(([, number]) => number === protocol)?.[0] ?? `ipproto-${protocol}`;

export function ruleCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  const is = (...names: readonly string[]): boolean =>
    command !== undefined && names.some((name) => name.startsWith(command));
  if (command === undefined) return showRules(run, []);
  if (is('list', 'lst', 'show')) return showRules(run, rest);
  if (is('add')) return changeRule(run, rest, false);
  if (is('delete')) return changeRule(run, rest, true);
  if (is('flush')) return flushRules(run, rest);
  if (is('help')) return run.arguments(words).end(USAGE.rule ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip rule help".\n`);
  return 255;
}

function printPart(
  writer: Writer,
  family: Family,
  name: 'src' | 'dst',
  word: string,
  part: Rule['source'],
): void {
  if (part === null) return;
  const text = formatIp(family, part.prefix);
  writer.text(word);
  writer.field(name, text, text);
  if (part.length !== widthOf(family)) writer.field(`${name}len`, part.length, `/${part.length}`);
}

function printPorts(writer: Writer, name: string, range: Rule['sourcePorts']): void {
  if (range === null) return;
  if (range.first === range.last) writer.field(name, range.first, ` ${name} ${range.first}`);
  else {
    writer.field(`${name}_start`, range.first, ` ${name} ${range.first}`);
    writer.field(`${name}_end`, range.last, `-${range.last}`);
  }
}

const hex = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);

export function printRule(run: IpRun, writer: Writer, rule: Rule, deleted = false): void {
  writer.openObject();
  if (deleted) writer.field('deleted', true, 'Deleted ');
  writer.field('priority', rule.priority, `${rule.priority}:\t`);
  if (rule.invert) writer.field('not', null, 'not ');
  if (rule.source === null) writer.field('src', 'all', 'from all');
  else printPart(writer, rule.family, 'src', 'from ', rule.source);
  printPart(writer, rule.family, 'dst', ' to ', rule.destination);
  if (rule.tos !== 0)
    writer.field(
      'tos',
      tosName(rule.tos, run.options.numeric),
      ` tos ${tosName(rule.tos, run.options.numeric)}`,
    );
  if (rule.mark !== null) {
    writer.field('fwmark', hex(rule.mark.value), ` fwmark ${hex(rule.mark.value)}`);
    if (rule.mark.mask !== 0xffffffff) writer.field('fwmask', hex(rule.mark.mask), `/${hex(rule.mark.mask)}`);
  }
  for (const [name, device] of [
    ['iif', rule.iif],
    ['oif', rule.oif],
  ] as const) {
    if (device === null) continue;
    writer.text(` ${name} `);
    writer.field(name, device, device);
    if (run.link(device) === undefined) writer.field(`${name}_detached`, null, ' [detached]');
  }
  if (rule.l3mdev) writer.field('l3mdev', null, ' lookup [l3mdev-table]');
  if (rule.uids !== null) {
    writer.field('uid_start', rule.uids.first, ` uidrange ${rule.uids.first}`);
    writer.field('uid_end', rule.uids.last, `-${rule.uids.last}`);
  }
  if (rule.ipProtocol !== 0)
    writer.field('ipproto', protocolText(rule.ipProtocol), ` ipproto ${protocolText(rule.ipProtocol)}`);
  printPorts(writer, 'sport', rule.sourcePorts);
  printPorts(writer, 'dport', rule.destinationPorts);
  if (rule.tunnelId !== 0) writer.field('tun_id', rule.tunnelId, ` tun_id ${rule.tunnelId}`);
  if (rule.action === 'table' && rule.table !== 0) {
    const table = tableName(rule.table, run.options.numeric);
    writer.field('table', table, ` lookup ${table}`);
    if (rule.suppressPrefixLength !== null)
      writer.field(
        'suppress_prefixlen',
        rule.suppressPrefixLength,
        ` suppress_prefixlength ${rule.suppressPrefixLength}`,
      );
    if (rule.suppressGroup !== null)
      writer.field(
        'suppress_ifgroup',
        groupName(rule.suppressGroup),
        ` suppress_ifgroup ${groupName(rule.suppressGroup)}`,
      );
  }
  if (rule.realms !== 0) {
    const from = rule.realms >>> 16;
    const to = rule.realms & 0xffff;
    writer.text(' realms ');
    if (from !== 0) writer.field('flow_from', String(from), `${from}/`);
    writer.field('flow_to', String(to), String(to));
  }
  if (rule.action === 'goto') {
    writer.field('goto', rule.goto, ` goto ${rule.goto}`);
    if (!run.net.rules[rule.family].some((each) => each.priority === rule.goto))
      writer.field('unresolved', null, ' [unresolved]');
  } else if (rule.action === 'nop') writer.field('nop', null, ' nop');
  else if (rule.action !== 'table') writer.field('action', rule.action, ` ${rule.action}`);
  if ((rule.protocol !== 0 && rule.protocol !== 2) || run.options.details) {
    const protocol = protocolName(rule.protocol, run.options.numeric);
    writer.field('protocol', protocol, ` proto ${protocol}`);
  }
  writer.text('\n');
  writer.closeObject();
}

const familyOf = (run: IpRun): Family => run.family ?? 4;

function showRules(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  const wanted: ((rule: Rule) => boolean)[] = [];
  const samePrefix = (part: Rule['source'], prefix: Prefix): boolean =>
    part !== null && part.prefix === prefix.address && part.length === prefix.length;
  while (!args.done) {
    if (args.matches('preference', 'order', 'priority')) {
      args.next();
      const priority = args.unsigned('preference value is invalid\n');
      wanted.push((rule) => rule.priority === priority);
    } else if (args.is('not')) wanted.push((rule) => rule.invert);
    else if (args.is('tos', 'dsfield')) {
      args.next();
      const tos = args.unsigned('TOS value is invalid\n');
      wanted.push((rule) => rule.tos === tos);
    } else if (args.is('fwmark')) {
      args.next();
      const value = Arguments.number(args.word.split('/')[0] ?? '') ?? 0;
      wanted.push((rule) => rule.mark?.value === value);
    } else if (args.is('dev', 'iif')) {
      const name = args.next();
      wanted.push((rule) => rule.iif === name);
    } else if (args.is('oif')) {
      const name = args.next();
      wanted.push((rule) => rule.oif === name);
    } else if (args.is('l3mdev')) wanted.push((rule) => rule.l3mdev);
    else if (args.matches('lookup', 'table')) {
      args.next();
      const table = tableNumber(args.word) ?? args.wrong('table id value is invalid\n');
      wanted.push((rule) => rule.table === table);
    } else if (args.matches('from') || args.matches('src')) {
      args.next();
      const prefix = args.prefix(run.family);
      wanted.push((rule) => samePrefix(rule.source, prefix));
    } else {
      if (args.is('to', 'dst')) args.next();
      const prefix = args.prefix(run.family);
      wanted.push((rule) => samePrefix(rule.destination, prefix));
    }
    args.advance();
  }
  const writer = run.writer();
  writer.begin();
  for (const rule of run.net.rules[familyOf(run)])
    if (wanted.every((test) => test(rule))) printRule(run, writer, rule);
  writer.finish();
  return 0;
}

interface Request extends Omit<Rule, 'priority' | 'family' | 'table'> {
  readonly family: Family;
  readonly priority: number | null;
  readonly table: number | null;
}

function parseRule(run: IpRun, args: Arguments): Request {
  let family = run.family;
  const rule: { -readonly [K in keyof Rule]: Rule[K] } = { ...plainRule(4, 0, 0), protocol: 0 };
  let priority: number | null = null;
  let table: number | null = null;
  const part = (): Rule['source'] => {
    args.next();
    const prefix = args.prefix(run.family);
    family ??= args.is('all', 'any', 'default') ? null : prefix.family;
    return prefix.length === 0 ? null : { prefix: prefix.address, length: prefix.length };
  };
  const ports = (name: string): Rule['sourcePorts'] => {
    args.next();
    const [first, last] = args.word
      .split('-')
      .map((word) => Arguments.number(word) ?? args.wrong(`invalid port range for ${name}`));
    return { first: first ?? 0, last: last ?? first ?? 0 };
  };
  while (!args.done) {
    if (args.is('not')) rule.invert = true;
    else if (args.is('from')) rule.source = part();
    else if (args.is('to')) rule.destination = part();
    else if (args.matches('preference', 'order', 'priority')) {
      args.next();
      priority = args.unsigned('preference value is invalid\n');
    } else if (args.is('tos') || args.matches('dsfield')) {
      args.next();
      rule.tos = tosNumber(args.word) ?? args.wrong('TOS value is invalid\n');
    } else if (args.is('fwmark')) {
      const [value, mask] = args.next().split('/');
      const mark = Arguments.number(value ?? '') ?? args.wrong('fwmark value is invalid\n');
      rule.mark = {
        value: mark,
        mask:
          mask === undefined
            ? 0xffffffff
            : (Arguments.number(mask) ?? args.wrong('fwmask value is invalid\n')),
      };
    } else if (args.matches('realms')) {
      const parts = args
        .next()
        .split('/')
        .map((word) => Arguments.number(word));
      const [first, second] = parts;
      if (parts.length > 2 || parts.some((part) => part === undefined || part > 0xffff))
        args.wrong('invalid realms\n');
      rule.realms = second === undefined ? (first ?? 0) : (((first ?? 0) << 16) | second) >>> 0;
    } else if (args.is('tun_id')) {
      args.next();
      rule.tunnelId = args.unsigned('"tun_id" value is invalid\n');
    } else if (args.matches('protocol')) {
      args.next();
      rule.protocol = protocolNumber(args.word) ?? args.wrong('"protocol" value is invalid\n');
    } else if (args.matches('table') || args.is('lookup')) {
      args.next();
      table = tableNumber(args.word) ?? args.wrong('invalid table ID\n');
    } else if (args.matches('suppress_prefixlength') || args.is('sup_pl')) {
      args.next();
      rule.suppressPrefixLength = args.unsigned('suppress_prefixlength value is invalid\n');
    } else if (args.matches('suppress_ifgroup') || args.is('sup_group')) {
      args.next();
      rule.suppressGroup = groupNumber(args.word) ?? args.wrong('Invalid "suppress_ifgroup" value\n');
    } else if (args.is('dev', 'iif')) rule.iif = args.next();
    else if (args.is('oif')) rule.oif = args.next();
    else if (args.is('l3mdev')) {
      rule.l3mdev = true;
      table = TABLE.unspec;
    } else if (args.is('uidrange')) {
      const parts = /^(\d+)-(\d+)$/.exec(args.next());
      if (parts === null) args.wrong('invalid UID range\n');
      else rule.uids = { first: Number(parts[1]), last: Number(parts[2]) };
    } else if (args.is('ipproto')) {
      args.next();
      rule.ipProtocol = IP_PROTOCOLS[args.word] ?? args.unsigned('Invalid "ipproto" value\n');
    } else if (args.is('sport')) rule.sourcePorts = ports('sport');
    else if (args.is('dport')) rule.destinationPorts = ports('dport');
    else {
      if (args.matches('type')) args.next();
      const actions: Readonly<Record<string, RuleAction>> = {
        blackhole: 'blackhole',
        unreachable: 'unreachable',
        prohibit: 'prohibit',
        nop: 'nop',
        table: 'table',
        unicast: 'table',
      };
      if (args.is('goto')) {
        args.next();
        rule.action = 'goto';
        rule.goto = args.unsigned('invalid target\n');
      } else if (args.matches('help')) args.end(USAGE.rule ?? '', 255);
      else rule.action = actions[args.word] ?? args.wrong('Failed to parse rule type');
    }
    args.advance();
  }
  return { ...rule, family: family ?? 4, priority, table };
}

const samePart = (a: Rule['source'], b: Rule['source']): boolean =>
  a?.prefix === b?.prefix && a?.length === b?.length;

const sameRange = (a: Rule['uids'], b: Rule['uids']): boolean => a?.first === b?.first && a?.last === b?.last;

/** Whether a rule is the one that a deletion describes. */
function isMeant(rule: Rule, request: Request): boolean {
  return (
    (request.priority === null || rule.priority === request.priority) &&
    (request.table === null || rule.table === request.table) &&
    (request.action === 'table' || rule.action === request.action) &&
    (request.source === null || samePart(rule.source, request.source)) &&
    (request.destination === null || samePart(rule.destination, request.destination)) &&
    (request.iif === null || rule.iif === request.iif) &&
    (request.oif === null || rule.oif === request.oif) &&
    (request.mark === null ||
      (rule.mark?.value === request.mark.value && rule.mark.mask === request.mark.mask)) &&
    (request.tos === 0 || rule.tos === request.tos) &&
    (request.uids === null || sameRange(rule.uids, request.uids)) &&
    (request.sourcePorts === null || sameRange(rule.sourcePorts, request.sourcePorts)) &&
    (request.destinationPorts === null || sameRange(rule.destinationPorts, request.destinationPorts)) &&
    (request.ipProtocol === 0 || rule.ipProtocol === request.ipProtocol) &&
    (request.tunnelId === 0 || rule.tunnelId === request.tunnelId) &&
    (request.protocol === 0 || rule.protocol === request.protocol) &&
    (request.suppressPrefixLength === null || rule.suppressPrefixLength === request.suppressPrefixLength) &&
    (request.suppressGroup === null || rule.suppressGroup === request.suppressGroup) &&
    (!request.l3mdev || rule.l3mdev)
  );
}

function changeRule(run: IpRun, words: readonly string[], deleting: boolean): number {
  if (words.length === 0) {
    run.err(`"ip rule ${deleting ? 'del' : 'add'}" requires arguments.\n`);
    return 1;
  }
  const request = parseRule(run, run.arguments(words));
  const rules = run.net.rules[request.family];
  if (deleting) {
    const at = rules.findIndex((rule) => isMeant(rule, request));
    const found = rules[at];
    if (found === undefined) return run.refused({ errno: 'ENOENT' });
    rules.splice(at, 1);
    if (request.family === 4) run.net.hasOwnRules = true;
    run.kernel.machine.notify({ kind: 'rule', namespace: run.namespace, rule: found, deleted: true });
    return 0;
  }
  const second = rules.find((rule) => rule.priority > 0);
  const priority = request.priority ?? (second === undefined ? 0 : second.priority - 1);
  const rule: Rule = {
    ...request,
    priority,
    table: request.action === 'table' ? (request.table ?? TABLE.main) : 0,
  };
  if (rule.family === 4 && rule.action !== 'goto') run.net.hasOwnRules = true;
  if (rule.action === 'goto' && rule.goto <= priority)
    return run.refused({ errno: 'EINVAL', message: 'Backward goto not supported' });
  const same = (each: Rule): boolean => JSON.stringify(each, bigintText) === JSON.stringify(rule, bigintText);
  if (rules.some(same)) return run.refused({ errno: 'EEXIST' });
  const at = rules.findIndex((each) => each.priority > priority);
  rules.splice(at < 0 ? rules.length : at, 0, rule);
  if (rule.family === 4) run.net.hasOwnRules = true;
  run.kernel.machine.notify({ kind: 'rule', namespace: run.namespace, rule, deleted: false });
  return 0;
}

const bigintText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

function flushRules(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let table: number | null = null;
  if (args.matches('lookup', 'table')) {
    args.next();
    table = tableNumber(args.word) ?? args.wrong('table id value is invalid\n');
  }
  const rules = run.net.rules[familyOf(run)];
  for (const rule of [...rules])
    if (rule.priority !== 0 && (table === null || rule.table === table)) {
      rules.splice(rules.indexOf(rule), 1);
      if (rule.family === 4) run.net.hasOwnRules = true;
    }
  return 0;
}
