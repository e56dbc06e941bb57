/** What the inspector shows of a thing: the commands that a person would type, with what they print. */
import type { World } from '../../core/sim/index.ts';
import { settingsNotActing } from '../../core/shell/ovs-vsctl/not-acting.ts';
import { NO_SHELL } from '../../core/shell/site.ts';
import { startProgram } from '../../core/shell/programs.ts';
import type { SectionKind, Subject, SubjectSection } from '../protocol.ts';
import type { Databases } from './because.ts';
import { Refused } from './refused.ts';
import { findSpeakers, inVrf, routingSnapshot, vtyshWords, type FoundSpeaker } from './routing-snapshot.ts';

/** A command typed somewhere only to see what it prints. */
export interface Question {
  readonly title: string;
  readonly host: string;
  readonly namespace?: string;
  readonly argv: readonly string[];
}

type Answer = Pick<SubjectSection, 'title' | 'command' | 'text'>;

interface SectionQuestion extends Question {
  readonly kind: SectionKind;
}

/** Recorder for commands that only look: nothing they do is worth a step. */
const SILENT = { active: false, record: () => 0 };

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What a command prints, typed where nothing is recorded. */
export function ask(world: World, { title, host, namespace = '', argv }: Question): Answer {
  let text = '';
  const begun = startProgram(world, {
    host,
    namespace,
    argv,
    stdin: '',
    output: { out: (part) => void (text += part), err: (part) => void (text += part) },
    recorder: SILENT,
    shell: NO_SHELL,
  });
  if ('cancel' in begun) begun.cancel();
  const prefix = namespace === '' ? [] : ['ip', 'netns', 'exec', namespace];
  return { title, command: [...prefix, ...argv].map(quoted).join(' '), text };
}

/** The machine on which database questions are asked. */
function centralHost(world: World): string | undefined {
  for (const host of world.hosts.values()) if (host.central) return host.name;
  return undefined;
}

function logical(world: World, databases: Databases, table: string, uuid: string): SectionQuestion[] {
  const host = centralHost(world);
  if (host === undefined) return [];
  const nb =
    databases.nb !== undefined &&
    [...databases.nb.rows(table as 'Logical_Switch')].some((row) => row._uuid === uuid);
  if (!nb)
    return [
      {
        kind: 'database',
        title: 'Southbound',
        host,
        argv: [
          'ovn-sbctl',
          'list',
          table === 'Logical_Switch_Port' ? 'Port_Binding' : 'Datapath_Binding',
          uuid,
        ],
      },
    ];
  const show =
    table === 'Logical_Switch_Port'
      ? []
      : [{ kind: 'database' as const, title: 'Ports', host, argv: ['ovn-nbctl', 'show', uuid] }];
  const row = {
    kind: 'database' as const,
    title: 'Northbound',
    host,
    argv: ['ovn-nbctl', 'list', table, uuid],
  };
  if (table === 'Logical_Switch_Port') {
    const name =
      [...(databases.nb?.rows('Logical_Switch_Port') ?? [])].find((port) => port._uuid === uuid)?.name ?? '';
    return [
      row,
      {
        kind: 'database',
        title: 'Southbound',
        host,
        argv: ['ovn-sbctl', 'find', 'Port_Binding', `logical_port=${name}`],
      },
    ];
  }
  return [
    ...show,
    row,
    { kind: 'logical-flows', title: 'Logical flows', host, argv: ['ovn-sbctl', 'lflow-list', uuid] },
  ];
}

function questions(world: World, databases: Databases, subject: Subject): SectionQuestion[] {
  switch (subject.kind) {
    case 'host': {
      const { host } = subject;
      const hasSwitch = world.hosts.get(host)?.switch !== undefined;
      return [
        { kind: 'addresses', title: 'Addresses', host, argv: ['ip', 'addr'] },
        { kind: 'routes', title: 'Routes', host, argv: ['ip', 'route'] },
        { kind: 'neighbours', title: 'Neighbours', host, argv: ['ip', 'neigh'] },
        ...bridgeTables(world, host, ''),
        ...(hasSwitch
          ? [{ kind: 'database' as const, title: 'Open vSwitch', host, argv: ['ovs-vsctl', 'show'] }]
          : []),
        ...connections(world, host, ''),
        ...(hasSwitch ? [datapathConnections(host)] : []),
      ];
    }
    case 'namespace': {
      const { host, namespace } = subject;
      return [
        { kind: 'addresses', title: 'Addresses', host, namespace, argv: ['ip', 'addr'] },
        { kind: 'routes', title: 'Routes', host, namespace, argv: ['ip', 'route'] },
        { kind: 'neighbours', title: 'Neighbours', host, namespace, argv: ['ip', 'neigh'] },
        ...bridgeTables(world, host, namespace),
        ...connections(world, host, namespace),
      ];
    }
    case 'link': {
      const { host, namespace, device } = subject;
      return [
        {
          kind: 'device',
          title: 'Link',
          host,
          namespace,
          argv: ['ip', '-d', '-s', 'link', 'show', 'dev', device],
        },
        {
          kind: 'addresses',
          title: 'Addresses',
          host,
          namespace,
          argv: ['ip', 'addr', 'show', 'dev', device],
        },
        { kind: 'routes', title: 'Routes', host, namespace, argv: ['ip', 'route', 'show', 'dev', device] },
        {
          kind: 'neighbours',
          title: 'Neighbours',
          host,
          namespace,
          argv: ['ip', 'neigh', 'show', 'dev', device],
        },
        ...linkTable(world, host, namespace, device),
      ];
    }
    case 'bridge': {
      const { host, bridge } = subject;
      return [
        {
          kind: 'openflow',
          title: 'Flows',
          host,
          argv: ['ovs-ofctl', '-O', 'OpenFlow15', 'dump-flows', bridge],
        },
        { kind: 'openflow', title: 'Ports', host, argv: ['ovs-ofctl', '-O', 'OpenFlow15', 'show', bridge] },
        { kind: 'fdb', title: 'FDB', host, argv: ['ovs-appctl', 'fdb/show', bridge] },
        { kind: 'database', title: 'Configuration', host, argv: ['ovs-vsctl', 'list', 'Bridge', bridge] },
        datapathConnections(host),
      ];
    }
    case 'table': {
      const { host, bridge, table } = subject;
      return [
        {
          kind: 'openflow',
          title: 'Flows',
          host,
          argv: ['ovs-ofctl', '-O', 'OpenFlow15', 'dump-flows', bridge, `table=${table}`],
        },
      ];
    }
    case 'port': {
      const { host, port } = subject;
      return [{ kind: 'database', title: 'Interface', host, argv: ['ovs-vsctl', 'list', 'Interface', port] }];
    }
    case 'tunnel': {
      const [host = '', , port = ''] = subject.id.split('/');
      return [{ kind: 'database', title: 'Interface', host, argv: ['ovs-vsctl', 'list', 'Interface', port] }];
    }
    case 'segment': {
      const ends = world.segments.get(subject.id)?.ends ?? [];
      return ends.map(({ host, device }) => ({
        kind: 'addresses',
        title: host,
        host,
        argv: ['ip', 'addr', 'show', 'dev', device],
      }));
    }
    case 'speaker': {
      const speaker = findSpeakers(world).find(({ snapshot }) => snapshot.id === subject.id);
      return speaker ? speakerQuestions(speaker) : [];
    }
    case 'bgp-session': {
      const session = routingSnapshot(world)?.sessions.find(({ id }) => id === subject.id);
      return [session?.near, session?.far].flatMap((end) => {
        const speaker = findSpeakers(world).find(({ snapshot }) => snapshot.id === end?.speaker);
        return end && speaker ? sessionQuestions(speaker, end.neighbour) : [];
      });
    }
    case 'logical-switch':
      return logical(world, databases, 'Logical_Switch', subject.uuid);
    case 'logical-router':
      return logical(world, databases, 'Logical_Router', subject.uuid);
    case 'logical-port':
      return logical(world, databases, 'Logical_Switch_Port', subject.uuid);
    case 'program': {
      const { host, name, database } = subject;
      if (name === 'ovsdb-server')
        return [
          {
            kind: 'database',
            title: 'Contents',
            host,
            argv: [database === 'OVN_Northbound' ? 'ovn-nbctl' : 'ovn-sbctl', 'show'],
          },
        ];
      return name === 'ovn-controller'
        ? [
            {
              kind: 'database',
              title: 'Chassis',
              host,
              argv: ['ovs-vsctl', 'get', 'Open_vSwitch', '.', 'external_ids'],
            },
          ]
        : [];
    }
  }
}

const linksOf = (world: World, host: string, namespace: string) => [
  ...(world.hosts.get(host)?.kernel.namespaces.get(namespace)?.links.values() ?? []),
];

/** The forwarding tables of a namespace's Linux bridges. */
function bridgeTables(world: World, host: string, namespace: string): SectionQuestion[] {
  return linksOf(world, host, namespace)
    .filter((link) => link.kind === 'bridge')
    .map(({ name }) => ({
      kind: 'fdb',
      title: `FDB of ${name}`,
      host,
      namespace,
      argv: ['bridge', 'fdb', 'show', 'br', name],
    }));
}

/** The forwarding table of a bridge, or what a bridge or a tunnel knows behind one of its devices. */
function linkTable(world: World, host: string, namespace: string, device: string): SectionQuestion[] {
  const link = linksOf(world, host, namespace).find(({ name }) => name === device);
  if (!link || (link.kind !== 'bridge' && link.kind !== 'vxlan' && link.master === null)) return [];
  const which = link.kind === 'bridge' ? 'br' : 'dev';
  return [{ kind: 'fdb', title: 'FDB', host, namespace, argv: ['bridge', 'fdb', 'show', which, device] }];
}

/** Connections that the kernel tracks: it does so only where a rule asks for it. */
function connections(world: World, host: string, namespace: string): SectionQuestion[] {
  const net = world.hosts.get(host)?.kernel.namespaces.get(namespace);
  return net?.netfilter.follows
    ? [{ kind: 'conntrack', title: 'Connections', host, namespace, argv: ['conntrack', '-L'] }]
    : [];
}

const datapathConnections = (host: string): SectionQuestion => ({
  kind: 'conntrack',
  title: 'Connections of the datapath',
  host,
  argv: ['ovs-appctl', 'dpctl/dump-conntrack'],
});

const atVtysh = (speaker: FoundSpeaker, title: string, command: string): SectionQuestion => ({
  kind: 'bgp',
  title,
  host: speaker.snapshot.host,
  argv: vtyshWords(speaker, command),
});

function speakerQuestions(speaker: FoundSpeaker): SectionQuestion[] {
  const vrf = inVrf(speaker);
  return [
    atVtysh(speaker, 'Sessions', `show bgp${vrf} summary`),
    atVtysh(speaker, 'BGP table', `show ip bgp${vrf}`),
    atVtysh(speaker, 'Routes', `show ip route${vrf}`),
    atVtysh(speaker, 'Configuration', 'show running-config'),
  ];
}

function sessionQuestions(speaker: FoundSpeaker, neighbour: string): SectionQuestion[] {
  const vrf = inVrf(speaker);
  const at = speaker.snapshot.vrf === 'default' ? speaker.snapshot.host : speaker.snapshot.vrf;
  return [
    atVtysh(speaker, `Neighbour of ${at}`, `show bgp${vrf} neighbors ${neighbour}`),
    atVtysh(speaker, 'Sent', `show bgp${vrf} ipv4 unicast neighbors ${neighbour} advertised-routes`),
    atVtysh(speaker, 'Taken', `show bgp${vrf} ipv4 unicast neighbors ${neighbour} routes`),
  ];
}

export function inspect(world: World, databases: Databases, subject: Subject): SubjectSection[] {
  if ('host' in subject && !world.hosts.has(subject.host))
    throw new Refused(`There is no machine ${subject.host}.`);
  if ('namespace' in subject && !world.hosts.get(subject.host)?.kernel.namespaces.has(subject.namespace))
    throw new Refused(`There is no namespace ${subject.namespace}.`, subject.host);
  return [
    ...notActing(world, subject),
    ...questions(world, databases, subject).map((question) => ({
      kind: question.kind,
      ...ask(world, question),
    })),
  ];
}

/** Settings of Open vSwitch that the thing has and that nothing here acts on, said where one looks for what they do. */
function notActing(world: World, subject: Subject): SubjectSection[] {
  if (subject.kind !== 'host' && subject.kind !== 'bridge' && subject.kind !== 'port') return [];
  const ovs = world.hosts.get(subject.host)?.switch?.ovs;
  const found = ovs
    ? settingsNotActing(ovs).filter(
        ({ bridge, port }) =>
          subject.kind === 'host' ||
          (subject.kind === 'bridge' ? bridge === subject.bridge : port === subject.port),
      )
    : [];
  if (found.length === 0) return [];
  const text = found.map((one) => one.text).join('\n');
  return [{ kind: 'database', title: 'Kept, but not modelled here', command: '', text }];
}
