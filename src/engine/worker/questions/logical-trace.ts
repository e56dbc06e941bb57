/** ovn-trace as data: a described packet through the opened southbound database, and why it did not go on somewhere. */
import type { NearMiss } from '../../../core/base/step.ts';
import type { Random } from '../../../core/base/random.ts';
import { keyOf } from '../../../core/flow/kept-key.ts';
import type { SouthboundTrace, Trace } from '../../../core/ovn/trace/index.ts';
import { readCommand } from '../../../core/shell/ovn-trace/options.ts';
import { traceText } from '../../../core/shell/ovn-trace/text.ts';
import type { SbDatabase } from '../../../core/ovsdb/index.ts';
import type { LogicalTraceAnswer, LogicalTraceNode, TraceablePort } from '../../questions/logical-trace.ts';

type TraceNode = Trace['root'];

/** A trace that goes on longer is read as text. */
const MOST_NODES = 5000;

/** Whether the packet goes no further than a table: nothing but actions follows from it. */
const endsHere = ({ children }: TraceNode): boolean =>
  children.every(({ kind }) => kind === 'action' || kind === 'modify');

/** The nodes in order, each with its depth. */
function* flatten(root: TraceNode): Generator<readonly [TraceNode, number]> {
  const stack: (readonly [TraceNode, number])[] = [[root, 0]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    const [node, depth] = next;
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      const child = node.children[at];
      if (child !== undefined) stack.push([child, depth + 1]);
    }
  }
}

export class LogicalTraces {
  #last: { readonly southbound: SouthboundTrace; readonly nodes: readonly TraceNode[] } | null = null;

  run(
    southbound: SouthboundTrace,
    ask: { readonly microflow: string; readonly options: readonly string[] },
    random: Random,
  ): LogicalTraceAnswer {
    const problems: string[] = [];
    const command = readCommand(ask.options, {
      warn: (text) => void problems.push(text),
      error: (_, text) => void problems.push(text),
    });
    const refuse = (errors: string): LogicalTraceAnswer => ({ text: '', errors, status: 1, nodes: [] });
    if (!command.ok) return refuse(`ovn-trace: ${command.error}`);
    if (command.value.daemon.isDetached) return refuse('ovn-trace: option --detach is not modelled here');
    const [datapath] = command.value.words;
    const trace = southbound.trace(
      { datapath, microflow: ask.microflow },
      { ...command.value.trace, random },
    );
    if (!trace.ok) return { text: trace.error, errors: problems.join('\n'), status: 0, nodes: [] };
    const nodes: TraceNode[] = [];
    const shown: LogicalTraceNode[] = [];
    let stage = '';
    for (const [node, depth] of flatten(trace.value.root)) {
      if (nodes.length >= MOST_NODES) break;
      if (node.kind === 'modify') continue;
      if (node.kind === 'table') stage = node.stage;
      nodes.push(node);
      shown.push({
        kind: node.kind,
        text: node.text,
        lflow: node.lflow,
        stage: node.kind === 'pipeline' ? '' : stage,
        pipeline: node.kind === 'table' || node.kind === 'pipeline' ? node.pipeline : '',
        datapath: node.kind === 'table' || node.kind === 'pipeline' ? node.datapath : '',
        depth,
        drop: node.kind === 'table' ? endsHere(node) : node.kind === 'action' && node.text === 'drop;',
      });
    }
    this.#last = { southbound, nodes };
    return {
      text: traceText(trace.value, command.value.forms),
      errors: problems.join('\n'),
      status: 0,
      nodes: shown,
    };
  }

  /** Near misses at a node: of the table that it is, or the last one before it. */
  whyNot(node: number): readonly NearMiss[] {
    if (!this.#last) return [];
    for (let at = node; at >= 0; at -= 1) {
      const one = this.#last.nodes[at];
      if (one?.kind === 'table')
        return (
          this.#last.southbound.lookUp(one.datapath, one.pipeline, one.table, keyOf(one.key))?.misses ?? []
        );
    }
    return [];
  }
}

/** '' when the microflow can be traced, else what ovn-trace says. */
export function microflowProblem(southbound: SouthboundTrace, microflow: string): string {
  const trace = southbound.trace({ datapath: undefined, microflow });
  return trace.ok ? '' : trace.error.trim();
}

/** Ports by which a packet may enter: those of virtual machines and containers first, then the others. */
export function traceablePorts(sb: SbDatabase): TraceablePort[] {
  const names = new Map(
    [...sb.rows('Datapath_Binding')].map((row) => [
      row._uuid,
      row.external_ids.get('name') ?? row._uuid.slice(0, 8),
    ]),
  );
  return [...sb.rows('Port_Binding')]
    .filter((row) => row.type !== 'chassisredirect' && row.type !== 'mirror')
    .toSorted(
      (a, b) => Number(a.type !== '') - Number(b.type !== '') || (a.logical_port < b.logical_port ? -1 : 1),
    )
    .map((row) => {
      const words = row.mac.flatMap((text) => text.split(/\s+/));
      const macs = words.filter((word) => /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(word));
      return {
        name: row.logical_port,
        datapath: names.get(row.datapath) ?? '',
        macs: [...new Set(macs)],
        ips: words
          .filter((word) => !macs.includes(word) && /^[0-9a-f.:]+(?:\/\d+)?$/i.test(word))
          .map((word) => word.replace(/\/\d+$/, '')),
      };
    });
}
