/** All commands of all nodes, joined into one grammar a node. */
import { BFD_COMMANDS } from './commands/bfd.ts';
import { EVPN_VNI_COMMANDS } from './commands/evpn-vni.ts';
import { EVPN_VRF_COMMANDS } from './commands/evpn-vrf.ts';
import { BGP_FAMILY_COMMANDS } from './commands/bgp-family.ts';
import { BGP_INSTANCE_COMMANDS } from './commands/bgp-instance.ts';
import { BGP_NEIGHBOR_COMMANDS } from './commands/bgp-neighbor.ts';
import { GLOBAL_COMMANDS } from './commands/globals.ts';
import { HOST_COMMANDS } from './commands/host.ts';
import { LIST_COMMANDS } from './commands/lists.ts';
import { ROUTE_MAP_COMMANDS } from './commands/route-map.ts';
import { UNMODELLED } from './commands/unmodelled.table.ts';
import { ABSENT_DAEMONS } from './commands/absent-daemons.table.ts';
import { UNMODELLED_NODES } from './commands/unmodelled-nodes.table.ts';
import type { ConfigCommand, NodeName, UnmodelledNode } from './command.ts';
import { Grammar, type Args, type Match } from './match.ts';
import { NODES, OTHER_FAMILIES } from './nodes.table.ts';
import type { VtyshAction } from './session.ts';
import { readSyntax } from './syntax.ts';

const CONFIG_COMMANDS: readonly ConfigCommand[] = [
  ...BGP_INSTANCE_COMMANDS,
  ...BGP_NEIGHBOR_COMMANDS,
  ...BGP_FAMILY_COMMANDS,
  ...EVPN_VNI_COMMANDS,
  ...EVPN_VRF_COMMANDS,
  ...LIST_COMMANDS,
  ...ROUTE_MAP_COMMANDS,
  ...HOST_COMMANDS,
  ...BFD_COMMANDS,
  ...GLOBAL_COMMANDS,
];

/** A command of the enable node; what it does is known where the daemons are. */
export interface ExecCommand {
  readonly syntax: readonly string[];
}

/** An exec command that was typed. */
export interface ExecAnswer {
  readonly command: ExecCommand;
  readonly args: Args;
}

type AnyCommand =
  | { readonly kind: 'config'; readonly command: ConfigCommand }
  | { readonly kind: 'exec'; readonly command: ExecCommand }
  | { readonly kind: 'vtysh'; readonly action: VtyshAction }
  /** The real program has it, this one does not. */
  | { readonly kind: 'unsupported'; readonly opens?: UnmodelledNode }
  /** These daemons alone have it, and they run on no machine. */
  | { readonly kind: 'absent'; readonly daemons: readonly string[]; readonly opens?: UnmodelledNode };

const ALL_NODES = Object.keys(NODES) as readonly NodeName[];

const IN_CONFIG = ALL_NODES.filter((node) => node !== 'enable');

/** As vtysh knows them. */
const DAEMONS =
  'zebra|bgpd|ripd|ripngd|ospfd|ospf6d|isisd|fabricd|nhrpd|ldpd|babeld|eigrpd|pimd|pim6d|pbrd|staticd|bfdd|vrrpd|pathd';

const BUILT_IN: readonly { nodes: readonly NodeName[]; syntax: readonly string[]; action: VtyshAction }[] = [
  { nodes: ALL_NODES, syntax: ['exit', 'quit'], action: 'exit' },
  { nodes: IN_CONFIG, syntax: ['end'], action: 'end' },
  {
    nodes: OTHER_FAMILIES,
    syntax: ['exit-address-family'],
    action: 'exit',
  },
  { nodes: ['vnc-defaults', 'vnc-nve-group', 'vnc-l2-group'], syntax: ['exit-vnc'], action: 'exit' },
  { nodes: ['vrf-policy'], syntax: ['exit-vrf-policy'], action: 'exit' },
  { nodes: ['link-params'], syntax: ['exit-link-params'], action: 'exit' },
  { nodes: ['ldp-ipv4', 'ldp-ipv6'], syntax: ['exit-address-family'], action: 'exit' },
  { nodes: ['enable'], syntax: ['configure [terminal]'], action: 'configure' },
  {
    nodes: ['enable'],
    syntax: [
      'enable',
      'end',
      'terminal length (0-4294967295)',
      'no terminal length (0-4294967295)',
      'terminal no length',
      '[no] terminal paginate',
    ],
    action: 'nothing',
  },
  {
    nodes: ['enable'],
    syntax: [
      `show running-config [<${DAEMONS}>$daemon] [no-header]`,
      `write terminal [<${DAEMONS}>$daemon] [no-header]`,
    ],
    action: 'running-config',
  },
  { nodes: ALL_NODES, syntax: ['list [permutations]'], action: 'list' },
];

interface Entry {
  readonly command: AnyCommand;
  readonly text: string;
}

export class Language {
  readonly #entries: ReadonlyMap<NodeName, readonly Entry[]>;
  /** Made when a node is first asked for. */
  readonly #grammars = new Map<NodeName, Grammar<AnyCommand>>();

  constructor(exec: readonly ExecCommand[]) {
    const entries = new Map<NodeName, Entry[]>(ALL_NODES.map((node) => [node, []]));
    const add = (nodes: readonly NodeName[], syntax: readonly string[], command: AnyCommand): void => {
      for (const node of nodes) for (const text of syntax) entries.get(node)?.push({ command, text });
    };
    for (const command of CONFIG_COMMANDS) add(command.nodes, command.syntax, { kind: 'config', command });
    for (const command of exec) add(['enable'], command.syntax, { kind: 'exec', command });
    for (const { nodes, syntax, action } of BUILT_IN) add(nodes, syntax, { kind: 'vtysh', action });
    // Each is a command of its own: an abbreviation of two of them is ambiguous.
    for (const { nodes, syntax, opens } of [...UNMODELLED, ...UNMODELLED_NODES])
      for (const text of syntax)
        add(nodes, [text], opens === undefined ? { kind: 'unsupported' } : { kind: 'unsupported', opens });
    for (const { daemons, nodes, syntax, opens } of ABSENT_DAEMONS)
      for (const text of syntax)
        add(nodes, [text], { kind: 'absent', daemons, ...(opens === undefined ? {} : { opens }) });
    this.#entries = entries;
  }

  match(node: NodeName, words: readonly string[]): Match<AnyCommand> {
    return this.#grammar(node).match(words);
  }

  /** The keywords that may follow `words` and begin with `begun`, in order. */
  following(node: NodeName, words: readonly string[], begun: string): readonly string[] {
    return this.#grammar(node).following(words, begun);
  }

  /** What `list` prints: our names of arguments left out. */
  syntaxes(node: NodeName): readonly string[] {
    return (this.#entries.get(node) ?? []).map(({ text }) => text.replace(/\$[a-z_0-9]+/g, ''));
  }

  #grammar(node: NodeName): Grammar<AnyCommand> {
    const known = this.#grammars.get(node);
    if (known) return known;
    const grammar = new Grammar(
      (this.#entries.get(node) ?? []).map(({ command, text }) => ({ command, syntax: readSyntax(text) })),
      (command: AnyCommand) => command.kind === 'unsupported' || command.kind === 'absent',
    );
    this.#grammars.set(node, grammar);
    return grammar;
  }
}
