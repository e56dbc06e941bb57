/** How much a step matters: what decided something, what changed nothing, what is a detail of another step. */
import type { Step } from '../core/base/step.ts';
import type { RunTree } from './run-tree.ts';
import { netChanges } from './step-text.ts';

/** Fields whose change decides where a packet goes or as whom; scratch registers do not. */
const DECIDING_FIELD =
  /^(reg15|outport|eth_(src|dst)|dl_(src|dst)|ip_(src|dst)|nw_(src|dst)|ipv6_(src|dst)|arp_tpa|tun_(id|src|dst)|tp_(src|dst)|(tcp|udp|sctp)_(src|dst)|dl_vlan|vlan_vid)$/;

/** Details of a stage: shown at level `action` only. */
export function isDetail(step: Step): boolean {
  const { kind } = step.what;
  return kind === 'action' || kind === 'rewritten' || kind === 'recirculated' || kind === 'note';
}

/** A table that changed nothing, and either matched or was only asked on the way: candidate for folding. */
export function isUnchanged(tree: RunTree, index: number): boolean {
  const what = tree.steps[index]?.what;
  return (
    what?.kind === 'table' &&
    netChanges(what.changes).length === 0 &&
    (what.matched || isSideRoad(tree, index))
  );
}

/** Tables that were visited and led nowhere while the packet went on from the same place: a lookup, an empty resubmit. */
export function isSideRoad(tree: RunTree, index: number): boolean {
  if (!leadsNowhere(tree, index)) return false;
  for (let at = index, parent = tree.parentOf(at); parent >= 0; at = parent, parent = tree.parentOf(at)) {
    if (tree.childrenOf(parent).some((other) => other !== at && !leadsNowhere(tree, other))) return true;
    if (!leadsNowhere(tree, parent)) return false;
  }
  return false;
}

/** Is everything under a step only tables and their details, without changes that matter and without an end? */
function leadsNowhere(tree: RunTree, index: number): boolean {
  const open = [index];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const step = tree.steps[at];
    if (!step || (step.what.kind !== 'table' && !isDetail(step))) return false;
    open.push(...tree.childrenOf(at));
  }
  return true;
}

const changedFields = (step: Step): readonly string[] => {
  const { what } = step;
  return what.kind === 'table' || what.kind === 'action' || what.kind === 'rewritten'
    ? netChanges(what.changes).map(({ field }) => field)
    : [];
};

/** Did this step, or a detail under it, decide where the packet goes? */
export function isDeciding(tree: RunTree, index: number): boolean {
  const step = tree.steps[index];
  if (!step) return false;
  if (step.what.kind === 'dropped') return true;
  if (step.what.kind !== 'table') return step.what.kind === 'routed' || step.what.kind === 'encapsulated';
  if (changedFields(step).some((field) => DECIDING_FIELD.test(field))) return true;
  return tree.childrenOf(index).some((child) => ends(tree, child, 0));
}

/** Actions under a table: does one put the packet out, to the controller, or end it? */
function ends(tree: RunTree, index: number, depth: number): boolean {
  const step = tree.steps[index];
  if (!step || depth > 8) return false;
  switch (step.what.kind) {
    case 'output':
    case 'dropped':
    case 'controller':
    case 'conntrack':
    case 'encapsulated':
      return true;
    case 'action':
    case 'rewritten':
    case 'note':
      return (
        changedFields(step).some((field) => DECIDING_FIELD.test(field)) ||
        tree.childrenOf(index).some((child) => ends(tree, child, depth + 1))
      );
    default:
      return false;
  }
}
