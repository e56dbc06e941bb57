/** `debug ...` typed outside the configuration, which counts until the daemons end, and `show debugging`. */
import type { FrrConfig } from '../config/frr-config.ts';
import { text, type ShowCommand } from './exec-command.ts';

/** What bgpd answers, and which debugs are meant. */
const TOPICS: readonly (readonly [words: string, name: string, debugs: readonly string[], detail: string])[] =
  [
    ['debug bgp keepalives', 'keepalives', ['debug bgp keepalives'], ''],
    ['debug bgp neighbor-events', 'neighbor-events', ['debug bgp neighbor-events'], ''],
    ['debug bgp updates', 'updates', ['debug bgp updates in', 'debug bgp updates out'], ''],
    ['debug bgp updates in', 'updates', ['debug bgp updates in'], ' (inbound)'],
    ['debug bgp updates out', 'updates', ['debug bgp updates out'], ' (outbound)'],
    ['debug bgp zebra', 'zebra', ['debug bgp zebra'], ''],
  ];

/** Lines of a daemon, in its order. */
const ZEBRA: Readonly<Record<string, string>> = {
  'debug zebra events': 'Zebra event debugging is on',
  'debug zebra kernel': 'Zebra kernel debugging is on',
  'debug zebra rib': 'Zebra RIB debugging is on',
  'debug zebra nht': 'Zebra next-hop tracking debugging is on',
};

const BGP: Readonly<Record<string, string>> = {
  'debug bgp keepalives': 'BGP keepalives debugging is on',
  'debug bgp neighbor-events': 'BGP neighbor-events debugging is on',
  'debug bgp nht': 'BGP next-hop tracking debugging is on',
  'debug bgp update-groups': 'BGP update-groups debugging is on',
  'debug bgp updates in': 'BGP updates debugging is on (inbound)',
  'debug bgp updates out': 'BGP updates debugging is on (outbound)',
  'debug bgp zebra': 'BGP zebra debugging is on',
  'debug bgp graceful-restart': 'BGP graceful-restart debugging is on',
};

const BFD: Readonly<Record<string, string>> = {
  'debug bfd peer': 'Peer events debugging is on.',
  'debug bfd zebra': 'Zebra events debugging is on.',
  'debug bfd network': 'Network layer debugging is on.',
};

const linesOf = ({ debugs }: FrrConfig, texts: Readonly<Record<string, string>>): string =>
  Object.entries(texts)
    .flatMap(([words, line]) => (debugs.has(words) ? [`  ${line}\n`] : []))
    .join('');

const debugging = (config: FrrConfig): string =>
  [
    `Zebra debugging status:\n${linesOf(config, ZEBRA)}`,
    `BGP debugging status:\n${linesOf(config, BGP)}`,
    'Staticd debugging status\n',
    `BFD debugging status:\n${linesOf(config, BFD)}`,
  ]
    .map((part) => `${part}\n`)
    .join('');

export const DEBUG_COMMANDS: readonly ShowCommand[] = [
  ...TOPICS.map(([words, name, debugs, detail]): ShowCommand => ({
    syntax: [words, `no ${words}`],
    run: ({ config }, args) => {
      for (const one of debugs)
        if (args.no) config.debugs.delete(one);
        else config.debugs.add(one);
      return text(`BGP ${name} debugging is ${args.no ? 'off' : 'on'}${detail}\n`);
    },
  })),
  { syntax: ['show debugging'], run: ({ config }) => text(debugging(config)) },
];
