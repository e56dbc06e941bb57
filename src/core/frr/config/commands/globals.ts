/** Lines that are kept and printed as they are: names, logging, debugging, switches of zebra. */
import type { Args } from '../match.ts';
import { command, OK, type ConfigCommand, type Edit, type Reply } from '../command.ts';

/** Where running-config prints a kept line. */
type Section = 'top' | 'debug' | 'zebra' | 'nht';

const keep = (edit: Edit, section: Section, key: string, line: string | null): Reply => {
  const name = `${section} ${key}`;
  if (line === null) edit.config.globals.delete(name);
  else edit.config.globals.set(name, line);
  edit.changed({ kind: 'global', key: name });
  return OK;
};

/** A line whose key is its first words and that `no` takes away. */
const kept = (
  section: Section,
  key: string,
  syntax: string,
  no: string | readonly string[],
): ConfigCommand[] => [
  command('config', `${syntax.replace('VALUE', 'LINE...$value')}`, (edit, args) =>
    keep(edit, section, key, args.find('value') === undefined ? key : `${key} ${args.get('value')}`),
  ),
  command('config', no, (edit) => keep(edit, section, key, null)),
];

const LEVELS = '<emergencies|alerts|critical|errors|warnings|notifications|informational|debugging>';
const FACILITIES =
  '<kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|local0|local1|local2|local3|local4|local5|local6|local7>';

/** A debug that was switched in the configuration counts at once. */
function keepDebug(edit: Edit, words: string, isOn: boolean): Reply {
  if (isOn) edit.config.debugs.add(words);
  else edit.config.debugs.delete(words);
  return keep(edit, 'debug', words, isOn ? words : null);
}

/** The level of a log as it is written back: debugging is the usual one. */
function levelText(args: Args): string {
  const level = args.find('level') ?? 'debugging';
  return level === 'debugging' ? '' : ` ${level}`;
}

const DEBUGS = [
  'debug bgp updates in',
  'debug bgp updates out',
  'debug bgp neighbor-events',
  'debug bgp nht',
  'debug bgp keepalives',
  'debug bgp update-groups',
  'debug bgp graceful-restart',
  'debug bgp zebra',
  'debug bfd network',
  'debug bfd peer',
  'debug bfd zebra',
  'debug zebra events',
  'debug zebra kernel',
  'debug zebra rib',
  'debug zebra nht',
] as const;

/** Lines whose place is among the first, before the sections. */
export const GLOBAL_COMMANDS: readonly ConfigCommand[] = [
  command('config', 'hostname WORD$name', (edit, args) => {
    edit.config.hostname = args.get('name');
    edit.changed({ kind: 'hostname' });
    return OK;
  }),
  command('config', ['frr defaults PROFILE...', 'frr version VERSION...'], () => OK),
  command('config', ['service integrated-vtysh-config', 'no service integrated-vtysh-config'], (edit, args) =>
    keep(
      edit,
      'top',
      'service integrated-vtysh-config',
      `${args.no ? 'no ' : ''}service integrated-vtysh-config`,
    ),
  ),
  command('config', ['service advanced-vty', 'no service advanced-vty'], () => OK),
  command('config', 'line vty', () => ({ enter: { node: 'line' } })),
  ...kept('top', 'log timestamp precision', 'log timestamp precision (0-6)$value', [
    'no log timestamp precision [(0-6)]',
  ]),
  command('config', `log <syslog|stdout>$target [${LEVELS}$level]`, (edit, args) => {
    const key = `log ${args.get('target')}`;
    return keep(edit, 'top', key, `${key}${levelText(args)}`);
  }),
  command('config', `log file FILENAME$file [${LEVELS}$level]`, (edit, args) =>
    keep(edit, 'top', 'log file', `log file ${args.get('file')}${levelText(args)}`),
  ),
  command(
    'config',
    [
      'no log file [FILENAME [LEVEL]]',
      `no log stdout [${LEVELS}]`,
      `no log syslog [${FACILITIES}] [${LEVELS}]`,
    ],
    (edit, args) =>
      keep(edit, 'top', `log ${['file', 'stdout', 'syslog'].find((one) => args.has(one))}`, null),
  ),
  ...kept('zebra', 'ip router-id', '<ip router-id|router-id> A.B.C.D$value', [
    'no ip router-id A.B.C.D',
    'no router-id A.B.C.D',
  ]),
  ...kept('nht', 'ip nht resolve-via-default', 'ip nht resolve-via-default', 'no ip nht resolve-via-default'),
  ...kept(
    'nht',
    'ipv6 nht resolve-via-default',
    'ipv6 nht resolve-via-default',
    'no ipv6 nht resolve-via-default',
  ),
  command('config', ['ip forwarding', 'no ip forwarding'], (edit, args) =>
    keep(edit, 'top', 'ip forwarding', `${args.no ? 'no ' : ''}ip forwarding`),
  ),
  command('config', ['ipv6 forwarding', 'no ipv6 forwarding'], (edit, args) =>
    keep(edit, 'top', 'ipv6 forwarding', `${args.no ? 'no ' : ''}ipv6 forwarding`),
  ),
  ...DEBUGS.map((words) =>
    command('config', [words, `no ${words}`], (edit, args) => keepDebug(edit, words, !args.no)),
  ),
  command('config', ['debug bgp updates', 'no debug bgp updates'], (edit, args) => {
    keepDebug(edit, 'debug bgp updates in', !args.no);
    return keepDebug(edit, 'debug bgp updates out', !args.no);
  }),
];
