/** Bundles: files of the command `bundle`, and what is sent with `--bundle`. All of it takes effect, or nothing. */
import { assertNever } from '../../base/assert.ts';
import type { Result } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import type { ActTextOptions } from '../../ofproto/actions/act-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { parseFlow, splitCommand } from '../../ofproto/flow-parse.ts';
import { parseGroup, splitGroupCommand } from '../../ofproto/group-text.ts';
import { parsePacketOut, type PacketOut } from '../../ofproto/packet-out-text.ts';
import { PROTOCOLS, type OfVersion, type Protocols } from '../../ofproto/protocol.table.ts';
import { commitBundle, type BundledRequest } from '../../ofproto/request/bundle-request.ts';
import { OfctlError } from './error.ts';
import { fileLines } from './file-lines.ts';
import type { OfctlOptions } from './options.ts';
import { checkBucketCommand, messageHead, versionFor, xidAfterNames } from './protocol.ts';
import { readingOptions } from './reading-options.ts';
import { sentFlowText, sentGroupText, sentPacketText, SwitchError } from './refused-request.ts';
import { flowModName, groupModName } from './request-text.ts';

/** Sends a packet of a bundle that was committed in `version`. */
export type SendBundled = (packet: PacketOut, version: OfVersion) => void;

function messageName(request: BundledRequest, version: OfVersion): string {
  switch (request.kind) {
    case 'flow':
      return flowModName(request.mod, version);
    case 'group':
      return groupModName(version);
    case 'packet-out':
      return 'OFPT_PACKET_OUT';
    default:
      return assertNever(request);
  }
}

/** What was asked, with what stands before it on its line. */
function contentText(
  bridge: Bridge,
  request: BundledRequest,
  version: OfVersion,
  options: OfctlOptions,
  error: string,
): string {
  switch (request.kind) {
    case 'flow':
      return ` ${sentFlowText(bridge, request.mod, version, options, error)}`;
    case 'group':
      return sentGroupText(bridge, request.mod, version, options);
    case 'packet-out':
      return sentPacketText(bridge, request.packet, version, options);
    default:
      return assertNever(request);
  }
}

/** All of `requests`, or with the first error none of them. `before`: transactions of the command before the bundle. */
export function sendBundle(
  bridge: Bridge,
  requests: readonly BundledRequest[],
  version: OfVersion,
  options: OfctlOptions,
  send: SendBundled,
  before = 0,
): void {
  for (const request of requests)
    if (request.kind === 'group') checkBucketCommand(request.mod.command, version);
  const outcome = commitBundle(bridge, requests, version, (packet) => send(packet, version));
  if (outcome.kind === 'done') return;
  const failures = outcome.kind === 'unread' ? outcome.failures : [outcome.failure];
  for (const { at, error } of failures) {
    const request = requests[at] as BundledRequest;
    options.complain(`Error ${error} for: `);
    const content = contentText(bridge, request, version, options, error);
    const head = messageHead(messageName(request, version), version, xidAfterNames(options, before + at));
    options.complain(`${head}${content}\n`);
  }
  if (outcome.kind === 'undone') {
    // OpenFlow 1.3 has bundles by an extension.
    const name = version === 4 ? 'ONFT_BUNDLE_CONTROL' : 'OFPT_BUNDLE_CONTROL';
    const head = messageHead(name, version, xidAfterNames(options, before + requests.length + 2));
    options.complain(
      `Error OFPBFC_MSG_FAILED for: ${head}\n bundle_id=0 type=COMMIT_REQUEST flags=atomic ordered\n`,
    );
  }
  throw new SwitchError(
    `ovs-ofctl: talking to unix:/var/run/openvswitch/${bridge.name}.mgmt (Protocol error)`,
  );
}

interface ReadRequest {
  readonly request: BundledRequest;
  readonly protocols: Protocols;
}

/** Kinds of lines, in the order in which the beginning of a word is taken for one of them. */
const KINDS = ['flow', 'group', 'packet-out'] as const;

function readLine(text: string, options: ActTextOptions): Result<ReadRequest> {
  const word = /^[^, \t\r\n]*/.exec(text)?.[0] ?? '';
  const rest = text.slice(word.length);
  const kind = KINDS.find((one) => one.startsWith(word));
  switch (kind) {
    case 'flow': {
      const { command, rest: flow } = splitCommand(rest);
      const mod = parseFlow(flow, command, options);
      return mod.ok ? ok({ request: { kind, mod: mod.value }, protocols: mod.value.protocols }) : mod;
    }
    case 'group': {
      const { command, rest: group } = splitGroupCommand(rest);
      const mod = parseGroup(group, command, options);
      return mod.ok ? ok({ request: { kind, mod: mod.value }, protocols: mod.value.protocols }) : mod;
    }
    case 'packet-out': {
      const packet = parsePacketOut(rest, options);
      return packet.ok
        ? ok({ request: { kind, packet: packet.value }, protocols: packet.value.protocols })
        : packet;
    }
    case undefined:
      return { ok: false, error: `Unsupported bundle message type: ${word}` };
    default:
      return assertNever(kind);
  }
}

/** The command `bundle`: each line of a file says what it is about. All are read before the first is sent. */
export function runBundle(
  bridge: Bridge,
  name: string,
  file: string | undefined,
  options: OfctlOptions,
  send: SendBundled,
): void {
  if (file === undefined) throw new OfctlError(`${name}: open failed (No such file or directory)`);
  let usable: Protocols = PROTOCOLS.any;
  const requests = fileLines(file).map(({ number, text }) => {
    const read = readLine(text, readingOptions(bridge, options));
    if (!read.ok) throw new OfctlError(`${name}:${number}: ${read.error}`);
    usable &= read.value.protocols;
    return read.value.request;
  });
  sendBundle(bridge, requests, versionFor(options, usable & PROTOCOLS.of13Up), options, send);
}
