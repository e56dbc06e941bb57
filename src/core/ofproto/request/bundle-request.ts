/** A bundle: requests that a switch carries out in order and together, or not at all. */
import { assertNever } from '../../base/assert.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { FlowMod } from '../flow-parse.ts';
import type { GroupMod } from '../group-text.ts';
import type { PacketOut } from '../packet-out-text.ts';
import type { OfVersion } from '../protocol.table.ts';
import { applyFlowMod, flowReadError, type RequestError } from './flow-request.ts';
import { applyGroupMod, groupRefusalOf } from './group-request.ts';
import { packetOutError, packetOutReadError } from './packet-out-request.ts';

/** What may stand in a bundle. */
export type BundledRequest =
  | { readonly kind: 'flow'; readonly mod: FlowMod }
  | { readonly kind: 'group'; readonly mod: GroupMod }
  | { readonly kind: 'packet-out'; readonly packet: PacketOut };

interface Failure {
  /** Which request, from 0. */
  readonly at: number;
  readonly error: string;
}

/** What became of a bundle. `unread`: requests that it did not even take in, so that it was never committed. */
export type BundleOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'unread'; readonly failures: readonly Failure[] }
  | { readonly kind: 'undone'; readonly failure: Failure };

function readError(bridge: Bridge, request: BundledRequest, version: OfVersion): RequestError {
  switch (request.kind) {
    case 'flow':
      return flowReadError(bridge, request.mod, version);
    case 'group':
      return groupRefusalOf(request.mod, version)?.error ?? null;
    case 'packet-out':
      return packetOutReadError(bridge, request.packet, version);
    default:
      return assertNever(request);
  }
}

function carryOut(
  bridge: Bridge,
  request: BundledRequest,
  version: OfVersion,
  send: (packet: PacketOut) => void,
): RequestError {
  switch (request.kind) {
    case 'flow':
      return applyFlowMod(bridge, request.mod, version);
    case 'group':
      return applyGroupMod(bridge, request.mod, version);
    case 'packet-out': {
      const error = packetOutError(bridge, request.packet, version);
      if (error === null) send(request.packet);
      return error;
    }
    default:
      return assertNever(request);
  }
}

/** Remembers flows and groups; the function that it gives puts them back. */
function checkpoint(bridge: Bridge): () => void {
  const restoreFlows = bridge.tables.checkpoint();
  const groups = [...bridge.groups];
  return () => {
    bridge.groups.clear();
    for (const [id, group] of groups) bridge.groups.set(id, group);
    restoreFlows();
    bridge.tables.version += 1;
  };
}

/** Commits `requests`, which came in messages of `version`. Packets leave by `send`, and only when all goes well. */
export function commitBundle(
  bridge: Bridge,
  requests: readonly BundledRequest[],
  version: OfVersion,
  send: (packet: PacketOut) => void,
): BundleOutcome {
  const failures = requests.flatMap((request, at): Failure[] => {
    const error = readError(bridge, request, version);
    return error === null ? [] : [{ at, error }];
  });
  if (failures.length > 0) return { kind: 'unread', failures };
  const restore = checkpoint(bridge);
  const attempt = (sendNow: (packet: PacketOut) => void): BundleOutcome => {
    for (const [at, request] of requests.entries()) {
      const error = carryOut(bridge, request, version, sendNow);
      if (error !== null) {
        restore();
        return { kind: 'undone', failure: { at, error } };
      }
    }
    return { kind: 'done' };
  };
  const tried = attempt(() => undefined);
  let outcome = tried;
  if (tried.kind === 'done' && requests.some(({ kind }) => kind === 'packet-out')) {
    // A packet meets the tables of its own place in the bundle, so all is done once more.
    restore();
    outcome = attempt(send);
  }
  bridge.tables.feed.announce();
  return outcome;
}
