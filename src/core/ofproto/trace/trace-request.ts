/** What `ofproto/trace` is asked: the bridge, the packet's key, its octets, and the outcomes of connection tracking. */
import { err, ok, type Result } from '../../base/result.ts';
import { extractFlow } from '../../flow/extract.ts';
import { parseExactFlow } from '../../flow/exact-flow.ts';
import { CT_STATE_FLAGS, formatFlags } from '../../flow/flag-text.ts';
import type { Flow } from '../../flow/flow.ts';
import { WORD } from '../../flow/words.table.ts';
import { scanHex } from '../actions/hex-text.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { Datapath } from '../bridge/datapath.ts';
import { parseDpKey, type DpKey } from '../dp-flow-parse.ts';
import { composeFrame } from './compose-frame.ts';

export interface TraceRequest {
  readonly bridge: Bridge;
  readonly flow: Flow;
  readonly packet: Uint8Array | null;
  readonly nextStates: readonly number[];
  readonly names: boolean;
  readonly consistent: boolean;
}

interface Options {
  generate: boolean;
  names: boolean;
  consistent: boolean;
  payload: Uint8Array;
  readonly nextStates: number[];
  readonly rest: string[];
}

const DEFAULT_PAYLOAD = 64;
const MAX_PAYLOAD = 64_000;

/** Payload of `size` octets, counting up. */
const fill = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => index & 0xff);

const [NEW, ESTABLISHED, REPLY, INVALID, TRACKED] = [1, 2, 8, 0x10, 0x20] as const;

/** What is wrong with a ct_state, each remark a line; empty when nothing is. */
function stateProblems(state: number): string {
  const rules: readonly (readonly [boolean, string])[] = [
    [state !== 0 && (state & TRACKED) === 0, 'If "trk" is unset, no other flags are set'],
    [
      (state & INVALID) !== 0 && (state & ~(TRACKED | INVALID)) !== 0,
      'when "inv" is set, only "trk" may also be set',
    ],
    [(state & NEW) !== 0 && (state & ESTABLISHED) !== 0, '"new" and "est" are mutually exclusive'],
    [(state & NEW) !== 0 && (state & REPLY) !== 0, '"new" and "rpy" are mutually exclusive'],
  ];
  const text = formatFlags(state, CT_STATE_FLAGS);
  return rules
    .filter(([broken]) => broken)
    .map(([, rule]) => `${text}: invalid connection state: ${rule}\n`)
    .join('');
}

function readState(text: string): Result<number> {
  let state = 0;
  for (const name of text.split(/[, ]+/).filter((part) => part !== '')) {
    const bit = CT_STATE_FLAGS.names.indexOf(name);
    if (bit < 0) return err(`${name}: unknown connection tracking state flag`);
    state |= 1 << bit;
  }
  const problems = stateProblems(state);
  return problems === '' ? ok(state) : err(problems);
}

function readOptions(args: readonly string[], packetOut: boolean): Result<Options> {
  const options: Options = {
    generate: false,
    names: false,
    consistent: false,
    payload: fill(DEFAULT_PAYLOAD),
    nextStates: [],
    rest: [],
  };
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    const value = args[at + 1];
    if (arg === '-generate' || arg === '--generate') options.generate = true;
    else if (arg === '--l7' || arg === '--l7-len' || arg === '--ct-next') {
      if (value === undefined) return err(`Missing argument for option ${arg}`);
      at += 1;
      const problem = takeValue(options, arg, value);
      if (problem !== undefined) return err(problem);
    } else if (packetOut && (arg === '-consistent' || arg === '--consistent')) options.consistent = true;
    else if (arg === '-names' || arg === '--names') options.names = true;
    else if (arg.startsWith('-')) return err(`${arg}: unknown option`);
    else if (options.rest.length >= 3) return err('too many arguments');
    else options.rest.push(arg);
  }
  return ok(options);
}

function takeValue(options: Options, arg: string, value: string): string | undefined {
  if (arg === '--l7') {
    const { octets, rest } = scanHex(value);
    if (rest !== '') return 'Trailing garbage in packet data';
    options.payload = octets;
  } else if (arg === '--l7-len') {
    const size = Number.parseInt(value, 10) || 0;
    if (size > MAX_PAYLOAD) return `${value}: too much L7 data`;
    options.payload = fill(Math.max(0, size));
  } else {
    const state = readState(value);
    if (!state.ok) return state.error;
    options.nextStates.push(state.value);
  }
  return undefined;
}

const ETHERNET = 14;

function readPacket(text: string): Result<Uint8Array> {
  const { octets, rest } = scanHex(text);
  if (rest !== '') return err('Trailing garbage in packet data');
  return octets.length < ETHERNET ? err('Packet data too short for Ethernet') : ok(octets);
}

/** Octets read anew; tunnel, marks and connection come from `flow`. */
function extractWith(packet: Uint8Array, flow: Flow, vlanLimit: number): Flow {
  const extracted = extractFlow(packet, { vlanLimit });
  extracted.set(flow.subarray(0, WORD.metadata), 0);
  for (const at of [
    WORD.skbPriority,
    WORD.pktMark,
    WORD.dpHash,
    WORD.inPort,
    WORD.recircId,
    WORD.ctState,
    WORD.ctMark,
  ])
    extracted[at] = flow[at] as number;
  extracted.set(flow.subarray(WORD.ctLabel, WORD.ctLabel + 4), WORD.ctLabel);
  return extracted;
}

interface Place {
  readonly bridge: Bridge;
  readonly flow: Flow;
}

/** The datapath by its type, with or without what its name begins with. */
const DATAPATH_NAME = /^(?:ovs-)?(?:system|netdev)$/;

/** A key in the datapath's spelling says where it came in; else a bridge is named and the key is OpenFlow's. */
function readPlace(datapath: Datapath, name: string | undefined, text: string): Result<Place> {
  const key = parseDpKey(text);
  const ofDatapath = name === undefined || DATAPATH_NAME.test(name);
  if (key.ok && ofDatapath) return placeOfKey(datapath, key.value);
  // Without a datapath no name of a port is known, and the text is none of its keys.
  if (key.ok && /^\d*$/.test(key.value.inPort)) return err('Cannot find the datapath');
  if (name === undefined) return err(`${key.ok ? '' : key.error} (or the bridge name was omitted)`);
  const bridge = datapath.bridges.get(name);
  if (!bridge) return err(`${name}: unknown bridge`);
  const parsed = parseExactFlow(text, { names: bridge.names, tlv: bridge.tlv });
  return parsed.ok ? ok({ bridge, flow: parsed.value }) : err(`Bad openflow flow syntax: ${parsed.error}`);
}

function placeOfKey(datapath: Datapath, { flow, inPort }: DpKey): Result<Place> {
  const number = /^\d+$/.test(inPort) ? Number(inPort) : datapath.portNumber(inPort);
  const port = number === undefined ? undefined : datapath.receivingPort(number, flow);
  if (!port) return err(`no OpenFlow port for datapath port ${inPort}`);
  flow[WORD.inPort] = port.ofPort;
  return ok({ bridge: port.bridge, flow });
}

/** Reads the arguments of `ofproto/trace`, or of `ofproto/trace-packet-out` without its last. */
export function readTraceRequest(
  datapath: Datapath,
  args: readonly string[],
  packetOut = false,
): Result<TraceRequest> {
  const read = readOptions(args, packetOut);
  if (!read.ok) return read;
  const { generate, names, consistent, payload, nextStates, rest } = read.value;
  let packet: Uint8Array | null = null;
  if (!generate && rest.length > 1) {
    const octets = readPacket(rest.at(-1) as string);
    if (octets.ok) {
      packet = octets.value;
      rest.pop();
    } else if (rest.length > 2) return octets;
  }
  if (rest.length < 1 || rest.length > 2) return err('Syntax error');
  const text = rest.at(-1) as string;
  const place = readPlace(datapath, rest.length === 1 ? undefined : rest[0], text);
  if (!place.ok) return place;
  const { bridge } = place.value;
  let { flow } = place.value;
  if (generate) packet = composeFrame(flow, payload);
  else if (packet) flow = extractWith(packet, flow, datapath.vlanLimit);
  return ok({ bridge, flow, packet, nextStates, names, consistent });
}
