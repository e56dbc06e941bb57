/** The tree of what a translation did: bridges, tables with the flow that matched, actions, and remarks on them. */
import type { FieldChange } from '../../base/step.ts';
import type { Flow } from '../../flow/flow.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import type { RunAct } from '../bridge/recirculation.ts';
import type { KeptKey } from '../../flow/kept-key.ts';

interface NodeBase {
  /** As `ofproto/trace` prints it. */
  readonly text: string;
  readonly children: TraceNode[];
}

interface BridgeNode extends NodeBase {
  readonly kind: 'bridge';
  readonly bridge: string;
}

/** A look-up in a table. `rule` is null for a miss; the children are its actions. */
export interface TableNode extends NodeBase {
  readonly kind: 'table';
  readonly bridge: string;
  /** -1: the action set, executed at the end. */
  readonly table: number;
  readonly rule: FlowRule | null;
  /** The key that was looked up, and the version of the tables then; null for the action set. */
  readonly asked: { readonly key: KeptKey; readonly version: number } | null;
  /** The key after the table's own actions, before the packet went on from it; null until then. */
  after: Flow | null;
}

interface BucketNode extends NodeBase {
  readonly kind: 'bucket';
  readonly bucket: number;
}

interface ActionNode extends NodeBase {
  readonly kind: 'action';
  /** null for the drop that an empty list is. */
  readonly act: RunAct | null;
  /** Fields of the packet that it changed. */
  readonly changes: FieldChange[];
}

/** A remark (`detail`), a warning, an error, or what a resumed packet brought back (`thaw`). */
interface RemarkNode extends NodeBase {
  readonly kind: 'detail' | 'warn' | 'error' | 'thaw';
}

export type TraceNode = BridgeNode | TableNode | BucketNode | ActionNode | RemarkNode;

/** Printed with further indentation for what is below. */
const isTerminal = (node: TraceNode): boolean =>
  node.kind !== 'bridge' && node.kind !== 'table' && node.kind !== 'thaw';

/** The tree as text, one line a node. */
export function formatTraceNodes(nodes: readonly TraceNode[], level = 0): string {
  let text = '';
  nodes.forEach((node, index) => {
    if (node.kind === 'bridge') text += '\n';
    const more = index < nodes.length - 1 || isTerminal(node) ? 1 : 0;
    const indent = ' '.repeat((level + more) * 4);
    switch (node.kind) {
      case 'detail':
        text += `${indent} -> ${node.text}\n`;
        break;
      case 'warn':
        text += `${indent} >> ${node.text}\n`;
        break;
      case 'error':
        text += `${indent} >>>> ${node.text} <<<<\n`;
        break;
      case 'bridge':
        text += `${indent}${node.text}\n${indent}${'-'.repeat(node.text.length)}\n`;
        break;
      default:
        text += `${indent}${node.text}\n`;
    }
    text += formatTraceNodes(node.children, level + more + more);
  });
  return text;
}
