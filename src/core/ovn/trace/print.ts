/** The three texts of a trace: detailed, summary, minimal. */
import { encodeUtf8 } from '../../base/utf8.ts';
import type { NodeKind, TraceNode } from './node.ts';

export type TraceForm = 'detailed' | 'summary' | 'minimal';

const INDENT = '    ';

/** Nodes that stand for themselves; the others only lead to what comes after them, at the same level. */
const TERMINAL: ReadonlySet<NodeKind> = new Set<NodeKind>(['output', 'modify', 'action', 'error']);
const TITLED: ReadonlySet<NodeKind> = new Set<NodeKind>(['pipeline', 'transformation']);

/** Kinds of which only the children are shown. */
const HIDDEN: Record<'summary' | 'minimal', ReadonlySet<NodeKind>> = {
  summary: new Set<NodeKind>(['modify', 'table']),
  minimal: new Set<NodeKind>(['action', 'pipeline', 'table', 'output']),
};

/** A list being printed. A trace through many tables is deep, so lists wait on a stack and not in calls. */
interface Pending {
  readonly nodes: readonly TraceNode[];
  readonly level: number;
  /** Printed after the last node. */
  readonly end: string;
  at: number;
}

function printDetailed(root: TraceNode): string {
  const stack: Pending[] = [{ nodes: [root], level: 0, end: '', at: 0 }];
  let out = '';
  for (let list = stack.at(-1); list !== undefined; list = stack.at(-1)) {
    const node = list.nodes[list.at];
    list.at += 1;
    if (node === undefined) {
      stack.pop();
      continue;
    }
    if (node.kind === 'modify') continue;
    const isLast = list.at === list.nodes.length;
    const more = !isLast || node.alwaysIndent === true || TERMINAL.has(node.kind) ? 1 : 0;
    const indent = INDENT.repeat(list.level + more);
    const title = TITLED.has(node.kind);
    out += `${title ? '\n' : ''}${indent}${node.text}\n`;
    if (title) out += `${indent}${'-'.repeat(encodeUtf8(node.text).length)}\n`;
    stack.push({ nodes: node.children, level: list.level + 2 * more, end: '', at: 0 });
  }
  return out;
}

/** The nodes with hidden ones replaced by what they lead to. */
function visible(nodes: readonly TraceNode[], hidden: ReadonlySet<NodeKind>): TraceNode[] {
  const out: TraceNode[] = [];
  const stack: TraceNode[] = nodes.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (hidden.has(node.kind)) stack.push(...node.children.toReversed());
    else out.push(node);
  }
  return out;
}

function printNested(root: TraceNode, hidden: ReadonlySet<NodeKind>): string {
  const stack: Pending[] = [{ nodes: visible([root], hidden), level: 0, end: '', at: 0 }];
  let out = '';
  for (let list = stack.at(-1); list !== undefined; list = stack.at(-1)) {
    const node = list.nodes[list.at];
    list.at += 1;
    if (node === undefined) {
      out += list.end;
      stack.pop();
      continue;
    }
    if (node.kind === 'action' && node.text.startsWith('next(')) continue;
    const indent = INDENT.repeat(list.level);
    const end = node.kind === 'action' ? '\n' : ';\n';
    const children = visible(node.children, hidden);
    out += `${indent}${node.text}`;
    if (children.length === 0) {
      out += end;
    } else {
      out += ' {\n';
      stack.push({ nodes: children, level: list.level + 1, end: `${indent}}${end}`, at: 0 });
    }
  }
  return out;
}

/** The text of a trace in one form, without the line about the packet. */
export function printTrace(root: TraceNode, form: TraceForm): string {
  return form === 'detailed' ? printDetailed(root) : printNested(root, HIDDEN[form]);
}
