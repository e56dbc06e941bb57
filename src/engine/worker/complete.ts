/** Completion of a line: programs at its beginning, then words that the programs take and names that the machine knows. */
import { PROGRAM_NAMES } from '../../core/shell/programs.ts';
import type { Host, World } from '../../core/sim/index.ts';
import type { Databases } from './because.ts';

const DATABASE_WORDS = [
  'show',
  'list',
  'find',
  'get',
  'set',
  'add',
  'remove',
  'clear',
  'create',
  'destroy',
  '--columns=',
  '--bare',
  '--format=',
];

/** Words that follow a program's name. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  ip: [
    'link',
    'addr',
    'route',
    'neigh',
    'netns',
    'rule',
    '-br',
    '-d',
    '-s',
    'show',
    'add',
    'del',
    'set',
    'exec',
    'dev',
    'via',
    'up',
    'down',
    'address',
    'netns',
    'master',
  ],
  'ovn-nbctl': [
    ...DATABASE_WORDS,
    'ls-add',
    'ls-del',
    'ls-list',
    'lsp-add',
    'lsp-del',
    'lsp-list',
    'lsp-set-addresses',
    'lsp-set-port-security',
    'lsp-set-type',
    'lsp-set-options',
    'acl-add',
    'acl-list',
    'acl-del',
    'lr-add',
    'lrp-add',
    'lr-nat-add',
    'lr-route-add',
    'lb-add',
    'set-connection',
    'get-connection',
    '--db=',
  ],
  'ovn-sbctl': [
    ...DATABASE_WORDS,
    'lflow-list',
    'chassis-add',
    'lsp-bind',
    'set-connection',
    'get-connection',
    '--db=',
  ],
  'ovs-vsctl': [
    ...DATABASE_WORDS,
    'add-br',
    'del-br',
    'list-br',
    'add-port',
    'del-port',
    'list-ports',
    'list-ifaces',
    '--may-exist',
    '--if-exists',
  ],
  'ovs-ofctl': [
    'dump-flows',
    'add-flow',
    'mod-flows',
    'del-flows',
    'show',
    'dump-ports',
    'dump-groups',
    'dump-tables',
    '-O',
    'OpenFlow15',
    '--no-stats',
    '--names',
  ],
  'ovs-appctl': [
    'ofproto/trace',
    'fdb/show',
    'fdb/flush',
    'dpctl/dump-flows',
    'dpctl/dump-conntrack',
    'dpif/show',
  ],
  'ovn-trace': ['--detailed', '--summary', '--minimal', '--all', '--ct=', '--db='],
  ping: ['-c', '-i', '-s', '-t', '-I', '-W', '-q', '-n'],
  tcpdump: [
    '-i',
    '-n',
    '-nn',
    '-e',
    '-v',
    '-vv',
    '-c',
    '-x',
    '-X',
    '-w',
    '-r',
    '-l',
    '-D',
    'icmp',
    'arp',
    'udp',
    'tcp',
    'port',
    'host',
  ],
};

/** Names on this machine and in the databases. */
function names(host: Host | undefined, databases: Databases): string[] {
  const found: string[] = [];
  for (const net of host?.kernel.namespaces.values() ?? []) {
    if (net.name !== '') found.push(net.name);
    for (const link of net.links.values()) found.push(link.name);
  }
  for (const table of ['Bridge', 'Port'] as const)
    for (const row of host?.switch?.ovs.rows(table) ?? []) found.push(row.name);
  for (const table of [
    'Logical_Switch',
    'Logical_Router',
    'Logical_Switch_Port',
    'Logical_Router_Port',
  ] as const)
    for (const row of databases.nb?.rows(table) ?? []) found.push(row.name);
  for (const row of databases.sb?.rows('Chassis') ?? []) found.push(row.name);
  return found;
}

export function complete(
  world: World,
  databases: Databases,
  hostName: string,
  line: string,
  cursor: number,
): { from: number; candidates: string[] } {
  const before = line.slice(0, cursor);
  const from = before.search(/[^\s|;&]*$/);
  const word = before.slice(from);
  const words =
    before
      .slice(0, from)
      .split(/[|;&]/)
      .at(-1)
      ?.trim()
      .split(/\s+/)
      .filter((one) => one !== '') ?? [];
  const isProgramPlace =
    words.length === 0 || words.at(-1) === 'sudo' || (words.at(-3) === 'netns' && words.at(-2) === 'exec');
  const program = words.findLast((one) => PROGRAM_NAMES.includes(one) && one !== 'sudo') ?? '';
  const tables =
    /^ov[ns]-/.test(program) &&
    /^(list|find|get|set|add|remove|clear|create|destroy)$/.test(words.at(-1) ?? '')
      ? Object.keys(
          (program === 'ovs-vsctl'
            ? world.hosts.get(hostName)?.switch?.ovs
            : program === 'ovn-nbctl'
              ? databases.nb
              : databases.sb
          )?.schema.tables ?? {},
        )
      : [];
  const pool = isProgramPlace
    ? PROGRAM_NAMES
    : [...tables, ...(WORDS[program] ?? []), ...names(world.hosts.get(hostName), databases)];
  const candidates = [...new Set(pool)].filter((one) => one.startsWith(word) && one !== word).toSorted();
  return { from, candidates };
}
