/** iptables(8) 1.8.9 on nf_tables: the tables of a namespace listed and changed. */
import type { Kernel } from '../../linux/index.ts';
import { ruleText } from '../../linux/netfilter/rule-text.ts';
import type { NetfilterState } from '../../linux/netfilter/state.ts';
import {
  newChain,
  newTable,
  TABLES,
  type Chain,
  type Rule,
  type RuleSpec,
  type Table,
  type TableName,
} from '../../linux/netfilter/rule.ts';
import type { Exit, Invocation } from '../program.ts';
import { IptablesEnd, kernelRefusal, misuse, refusal, unmodelled, VERSION } from './error.ts';
import { listChain } from './list.ts';
import { chainsOf, specText } from './save.ts';
import { readRule, type TypedRule } from './spec.ts';
import { Words } from './words.ts';

export interface IptablesHost {
  readonly kernel: Kernel;
}

/** Commands, by letter, with how many words they take: `n` a chain's name, `?` an optional word, `#` an optional number. */
const COMMANDS: Readonly<Record<string, string>> = {
  A: 'n',
  C: 'n',
  D: 'n#',
  I: 'n#',
  R: 'n#',
  L: '?#',
  S: '?#',
  F: '?',
  Z: '?#',
  N: 'n',
  X: '?',
  P: 'nn',
  E: 'nn',
};

const LONG: Readonly<Record<string, string>> = {
  '--append': '-A',
  '--check': '-C',
  '--delete': '-D',
  '--insert': '-I',
  '--replace': '-R',
  '--list': '-L',
  '--list-rules': '-S',
  '--flush': '-F',
  '--zero': '-Z',
  '--new-chain': '-N',
  '--delete-chain': '-X',
  '--policy': '-P',
  '--rename-chain': '-E',
  '--table': '-t',
  '--verbose': '-v',
  '--numeric': '-n',
  '--exact': '-x',
  '--wait': '-w',
  '--version': '-V',
  '--help': '-h',
};

const NO_CHAIN = 'No chain/target/match by that name.';
const NO_RULE = 'Bad rule (does a matching rule exist in that chain?).';

/** One run over one table. */
class Run {
  readonly #state: NetfilterState;
  readonly #name: TableName;
  readonly #out: (text: string) => void;
  command: { readonly letter: string; readonly names: string[]; readonly number: number | null } | null =
    null;
  numeric = false;
  verbose = false;
  exact = false;
  numbered = false;

  constructor(state: NetfilterState, name: TableName, out: (text: string) => void) {
    this.#state = state;
    this.#name = name;
    this.#out = out;
  }

  /** As it is: looking does not make a table. */
  get #table(): Table {
    return this.#state.tables.get(this.#name) ?? newTable(this.#name);
  }

  get isChain(): (name: string) => boolean {
    return (name) => this.#isUser(name);
  }

  #isUser(name: string): boolean {
    return this.#table.get(name)?.policy === null;
  }

  act(rule: TypedRule): void {
    const { command } = this;
    if (command === null) {
      misuse('no command specified');
      return;
    }
    const { letter, names, number } = command;
    const [name] = names;
    switch (letter) {
      case 'L':
        this.#list(name ?? null);
        return;
      case 'S':
        this.#specs(name ?? null, number);
        return;
      case 'F':
      case 'Z':
        this.#clear(letter, name ?? null, number);
        return;
      case 'N':
        if (this.#table.has(name ?? '')) refusal('Chain already exists.');
        this.#changing().set(name ?? '', newChain(name ?? '', null));
        return;
      case 'X':
        this.#deleteChains(name ?? null);
        return;
      case 'P':
        this.#policy(name ?? '', names[1] ?? '');
        return;
      case 'E':
        this.#rename(name ?? '', names[1] ?? '');
        return;
      default:
        this.#rules(letter, name ?? '', number, rule);
    }
  }

  #changing(): Table {
    return this.#state.table(this.#name);
  }

  #chain(name: string): Chain {
    return this.#table.get(name) ?? refusal(NO_CHAIN);
  }

  /** What a listing says of a chain that is not there. */
  #listed(name: string): Chain {
    const found = this.#table.get(name);
    if (found !== undefined) return found;
    throw new IptablesEnd(
      `${VERSION}: chain \`${name}' in table \`${this.#name}' is incompatible, use 'nft' tool.\n`,
      1,
    );
  }

  #list(name: string | null): void {
    const table = this.#table;
    const chains = name === null ? chainsOf(this.#name, table) : [this.#listed(name)];
    const { numeric, verbose, exact, numbered } = this;
    const options = { numeric, verbose, exact, numbered };
    this.#out(chains.map((chain) => listChain(table, chain, options)).join('\n'));
  }

  #specs(name: string | null, number: number | null): void {
    const only = name === null ? null : this.#listed(name);
    this.#out(specText(this.#name, this.#table, only, number));
  }

  #clear(letter: string, name: string | null, number: number | null): void {
    if (!this.#state.tables.has(this.#name) && name === null) return;
    const chains = name === null ? [...this.#changing().values()] : [this.#chain(name)];
    for (const chain of chains) {
      if (letter === 'F') chain.rules.length = 0;
      const zeroed = number === null ? chain.rules : chain.rules.slice(number - 1, number);
      for (const rule of zeroed) rule.packets = rule.bytes = 0;
      if (letter === 'Z' && number === null) chain.packets = chain.bytes = 0;
    }
  }

  #isReferred(name: string): boolean {
    for (const { rules } of this.#table.values())
      if (rules.some(({ spec }) => spec.target?.kind === 'chain' && spec.target.name === name)) return true;
    return false;
  }

  #deleteChains(name: string | null): void {
    if (name === null) {
      for (const chain of [...this.#table.values()])
        if (chain.policy === null && chain.rules.length === 0 && !this.#isReferred(chain.name))
          this.#changing().delete(chain.name);
      return;
    }
    const chain = this.#chain(name);
    if (chain.policy !== null || chain.rules.length > 0 || this.#isReferred(name))
      kernelRefusal(`CHAIN_DEL failed (Device or resource busy): chain ${name}`);
    this.#changing().delete(name);
  }

  #policy(name: string, policy: string): void {
    if (policy !== 'ACCEPT' && policy !== 'DROP') {
      refusal("Bad policy name. Run `dmesg' for more information.");
      return;
    }
    if (this.#table.get(name)?.policy == null) refusal('Bad built-in chain name.');
    if (this.#name === 'nat' && policy === 'DROP')
      misuse('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n');
    const chain = this.#changing().get(name);
    if (chain === undefined) return;
    chain.policy = policy;
    chain.counts = true;
    chain.packets = chain.bytes = 0;
  }

  #rename(name: string, other: string): void {
    const chain = this.#chain(name);
    if (chain.policy !== null || this.#table.has(other)) refusal('File exists.');
    const table = this.#changing();
    table.delete(name);
    table.set(other, chain);
    chain.name = other;
    for (const { rules } of table.values())
      rules.forEach((rule, index) => {
        const { target } = rule.spec;
        if (target?.kind === 'chain' && target.name === name)
          rules[index] = { ...rule, spec: { ...rule.spec, target: { ...target, name: other } } };
      });
  }

  #rules(letter: string, name: string, number: number | null, typed: TypedRule): void {
    const specs = typed.sources.flatMap((source) =>
      typed.destinations.map((destination): RuleSpec => ({ source, destination, ...typed.spec })),
    );
    this.#check(name, typed);
    const chain = this.#table.get(name) ?? refusal(NO_CHAIN);
    for (const spec of specs) this.#refuse(letter, chain, spec);
    const rules = (): Rule[] => this.#changing().get(name)?.rules ?? [];
    const at = (spec: RuleSpec): number =>
      chain.rules.findIndex((rule) => ruleText(rule.spec) === ruleText(spec));
    const fresh = (spec: RuleSpec): Rule => ({ spec, packets: 0, bytes: 0 });
    switch (letter) {
      case 'A':
        rules().push(...specs.map(fresh));
        break;
      case 'I':
        if ((number ?? 1) > chain.rules.length + 1) refusal('Index of insertion too big.');
        rules().splice((number ?? 1) - 1, 0, ...specs.map(fresh));
        break;
      case 'R': {
        const [spec] = specs;
        if (specs.length !== 1 || spec === undefined || number === null)
          misuse('Replacement rule does not specify a unique address');
        else if (number > chain.rules.length) refusal('Index of replacement too big.');
        else rules()[number - 1] = fresh(spec);
        break;
      }
      case 'C':
        for (const spec of specs) if (at(spec) < 0) refusal(NO_RULE);
        break;
      default:
        if (number !== null) {
          if (number > chain.rules.length) refusal('Index of deletion too big.');
          rules().splice(number - 1, 1);
        } else
          for (const spec of specs) {
            if (at(spec) < 0) refusal(NO_RULE);
            rules().splice(at(spec), 1);
          }
    }
    this.#state.changed();
  }

  /** Devices that a packet does not have at a hook. */
  #check(name: string, { spec }: TypedRule): void {
    if (spec.iif !== null && (name === 'OUTPUT' || name === 'POSTROUTING'))
      misuse(`Can't use -i with ${name}\n`);
    if (spec.oif !== null && (name === 'INPUT' || name === 'PREROUTING'))
      misuse(`Can't use -o with ${name}\n`);
  }

  /** Targets that the kernel takes at some hooks and tables alone. */
  #refuse(letter: string, { name, policy }: Chain, { target }: RuleSpec): void {
    if (target === null || letter === 'D' || letter === 'C') return;
    const failed = (): never =>
      kernelRefusal(
        `RULE_${letter === 'I' ? 'INSERT' : letter === 'R' ? 'REPLACE' : 'APPEND'} failed (Invalid argument): rule in chain ${name}`,
      );
    const at = (...hooks: readonly string[]): void => {
      if (this.#name !== 'nat' || (policy !== null && !hooks.includes(name))) failed();
    };
    if (target.kind === 'MASQUERADE') at('POSTROUTING');
    if (target.kind === 'SNAT') at('POSTROUTING', 'INPUT');
    if (target.kind === 'DNAT' || target.kind === 'REDIRECT') at('PREROUTING', 'OUTPUT');
    if (target.kind === 'REJECT' && this.#name !== 'filter') failed();
  }
}

/** The table that is asked for; it may be named anywhere. */
function tableOf(argv: readonly string[]): TableName {
  const at = argv.findIndex((word) => word === '-t' || word === '--table');
  const name = at < 0 ? 'filter' : (argv[at + 1] ?? '');
  if (Object.hasOwn(TABLES, name)) return name as TableName;
  throw new IptablesEnd(
    `${VERSION}: table '${name}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.\n`,
    3,
  );
}

/** Letters together (`-nvL`) are taken one by one. */
function separated(argv: readonly string[]): string[] {
  return argv.flatMap((word) => {
    const long = LONG[word];
    if (long !== undefined) return [long];
    return /^-[nvxAICDRLSFZNXPE]{2,}$/.test(word)
      ? word
          .slice(1)
          .split('')
          .map((letter) => `-${letter}`)
      : [word];
  });
}

/** Runs one command line (`argv` without the program's name) on the tables; ends by throwing `IptablesEnd`. */
export function runIptables(
  state: NetfilterState,
  argv: readonly string[],
  out: (text: string) => void,
): void {
  const words = new Words(separated(argv));
  const run = new Run(state, tableOf(argv), out);
  const other = (option: string): boolean => {
    const letter = option.slice(1);
    const shape = option.length === 2 && option.startsWith('-') ? COMMANDS[letter] : undefined;
    if (shape !== undefined) {
      if (run.command !== null) misuse(`Cannot use -${letter} with -${run.command.letter}\n`);
      const names: string[] = [];
      let number: number | null = null;
      for (const kind of shape) {
        const next = words.peek();
        const isWord = next !== undefined && !next.startsWith('-') && next !== '!';
        if (kind === 'n') names.push(words.value(option));
        else if (kind === '?' && isWord) names.push(words.next());
        else if (kind === '#' && isWord && /^\d+$/.test(next)) number = Number(words.next());
      }
      run.command = { letter, names, number };
      return true;
    }
    switch (option) {
      case '-t':
        words.value(option);
        return true;
      case '-n':
        run.numeric = true;
        return true;
      case '-v':
        run.verbose = true;
        return true;
      case '-x':
        run.exact = true;
        return true;
      case '--line-numbers':
      case '--line-number':
        run.numbered = true;
        return true;
      case '-w':
        if (/^\d+$/.test(words.peek() ?? '')) words.next();
        return true;
      case '-V':
        throw new IptablesEnd('', 0);
      case '-h':
        unmodelled('the help of iptables');
        return true;
      default:
        return false;
    }
  };
  const rule = readRule(words, run.isChain, other);
  run.act(rule);
}

/** `argv[0]` is the program's name. */
export function iptables({ argv, output, host, namespace }: Invocation<IptablesHost>): Exit {
  if (argv.includes('-V') || argv.includes('--version')) {
    output.out(`${VERSION}\n`);
    return { status: 0 };
  }
  try {
    runIptables(host.kernel.namespace(namespace).netfilter, argv.slice(1), (text) => output.out(text));
    return { status: 0 };
  } catch (end) {
    if (!(end instanceof IptablesEnd)) throw end;
    output.err(end.text);
    return { status: end.status };
  }
}
