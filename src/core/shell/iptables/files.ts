/** The programs iptables-save and iptables-restore. */
import { ctime } from '../../base/ctime.ts';
import { newTable, TABLES, type TableName } from '../../linux/netfilter/rule.ts';
import type { NetfilterState } from '../../linux/netfilter/state.ts';
import type { Exit, Invocation } from '../program.ts';
import { splitWords } from '../words.ts';
import { IptablesEnd } from './error.ts';
import { runIptables, type IptablesHost } from './iptables.ts';
import { SAVE_ORDER, saveText } from './save.ts';

const isTable = (name: string): name is TableName => Object.hasOwn(TABLES, name);

export function iptablesSave({ argv, output, host, namespace, context }: Invocation<IptablesHost>): Exit {
  let only: string | null = null;
  let counters = false;
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '-t' || word === '--table') only = argv[(at += 1)] ?? '';
    else if (word === '-c' || word === '--counters') counters = true;
    else {
      output.err(`iptables-save: the option ${word} is not modelled\n`);
      return { status: 1 };
    }
  }
  const { netfilter } = host.kernel.namespace(namespace);
  const when = ctime(context.clock.wallMs());
  for (const name of SAVE_ORDER)
    if (only === null || name === only) output.out(saveText(netfilter, name, counters, when));
  return { status: 0 };
}

/** Each table in the input is replaced (with `-n` only added to) at its COMMIT; one that fails changes nothing. */
export function iptablesRestore({ argv, stdin, output, host, namespace }: Invocation<IptablesHost>): Exit {
  const keeps = argv.includes('-n') || argv.includes('--noflush');
  const unknown = argv.slice(1).find((word) => !['-n', '--noflush', '-w', '-c', '--counters'].includes(word));
  if (unknown !== undefined) {
    output.err(`iptables-restore: the option ${unknown} is not modelled\n`);
    return { status: 1 };
  }
  const { netfilter } = host.kernel.namespace(namespace);
  let open: TableName | null = null;
  let before: ReturnType<NetfilterState['tables']['get']>;
  const lines = stdin.split('\n');
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    try {
      if (line.startsWith('*')) {
        const name = line.slice(1);
        if (!isTable(name)) throw new IptablesEnd('', 1);
        open = name;
        before = netfilter.tables.get(name);
        if (!keeps || before === undefined) netfilter.tables.set(name, newTable(name));
      } else if (open === null) throw new IptablesEnd('', 1);
      else if (line === 'COMMIT') open = null;
      else restoreLine(netfilter, open, line);
    } catch (end) {
      if (!(end instanceof IptablesEnd)) throw end;
      if (open !== null && before !== undefined) netfilter.tables.set(open, before);
      else if (open !== null) netfilter.tables.delete(open);
      output.err(
        end.text === ''
          ? `iptables-restore: line ${index + 1} failed\n`
          : `${end.text}Error occurred at line: ${index + 1}\n`,
      );
      return { status: end.status };
    }
  }
  netfilter.changed();
  return { status: 0 };
}

function restoreLine(netfilter: NetfilterState, table: TableName, line: string): void {
  const run = (words: readonly string[]): void =>
    runIptables(netfilter, ['-t', table, ...words], () => undefined);
  const chain = /^:(\S+) (\S+)(?: \[(\d+):(\d+)\])?$/.exec(line);
  if (chain !== null) {
    const [, name = '', policy = ''] = chain;
    if (policy !== '-') run(['-P', name, policy]);
    else if (!netfilter.table(table).has(name)) run(['-N', name]);
    return;
  }
  const [, packets, bytes, rest = ''] = /^(?:\[(\d+):(\d+)\] )?(.*)$/.exec(line) ?? [];
  const words = splitWords(rest);
  if (!words.ok) throw new IptablesEnd('', 1);
  run(words.value);
  const [, name = ''] = words.value;
  const added = netfilter.table(table).get(name)?.rules.at(-1);
  if (packets === undefined || words.value[0] !== '-A' || added === undefined) return;
  added.packets = Number(packets);
  added.bytes = Number(bytes);
}
