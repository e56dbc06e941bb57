/** Messages of a requesting router (RFC 8415 6.3): what ovn-controller asks for prefixes, and what it reads of answers. */
import { fromBigInt, toBigInt } from '../../../base/bytes.ts';
import { encodeUdp, IP_PROTOCOL } from '../../../wire/index.ts';
import { OctetReader, OctetWriter } from '../../actions/index.ts';
import { composeIp } from './compose.ts';
import { optionsIn, put, type Option } from './dhcpv6-options.ts';

export const MESSAGE = { solicit: 1, advertise: 2, request: 3, renew: 5, rebind: 6, reply: 7 } as const;
const OPTION = { clientId: 1, serverId: 2, status: 13, iaPd: 25, iaPrefix: 26 } as const;

const INFINITE = 0xffffffff;
const DUID_LINK_LAYER = 3;
const ETHERNET = 1;
const CLIENT_PORT = 546;
const SERVER_PORT = 547;
const HOP_LIMIT = 255;
/** All DHCP relay agents and servers, and the MAC address of that group. */
const AGENTS = { ip: 0xff02_0000_0000_0000_0000_0000_0001_0002n, mac: 0x3333_0001_0002n } as const;
/** Longest DUID that is kept. */
const MAX_DUID = 130;
const IA_HEADER = 12;
const PREFIX_SIZE = 25;

export interface Prefix {
  readonly address: bigint;
  readonly length: number;
}

/** The router's end of the exchange. */
export interface RequestingRouter {
  readonly mac: bigint;
  readonly ip: bigint;
}

interface Question {
  readonly type: number;
  /** The MAC address that stands for the client. */
  readonly client: bigint;
  readonly server: Uint8Array | null;
  readonly iaid: number;
  readonly prefix: Prefix | null;
}

function frameOf({ mac, ip }: RequestingRouter, type: number, options: Uint8Array): Uint8Array {
  const ends = {
    source: mac,
    destination: AGENTS.mac,
    pseudo: { family: 6, source: ip, destination: AGENTS.ip },
  } as const;
  const message = new OctetWriter()
    .u32(type * 0x100_0000)
    .put(options)
    .octets();
  const ports = { sourcePort: CLIENT_PORT, destinationPort: SERVER_PORT };
  return composeIp(ends, IP_PROTOCOL.udp, HOP_LIMIT, encodeUdp(ports, message, ends.pseudo));
}

/** A solicitation, renewal or rebinding. */
export function question(router: RequestingRouter, asked: Question): Uint8Array {
  const out = new OctetWriter();
  const duid = new OctetWriter().u16(DUID_LINK_LAYER).u16(ETHERNET).put(fromBigInt(asked.client, 6));
  put(out, OPTION.clientId, duid.octets());
  if (asked.server) put(out, OPTION.serverId, asked.server);
  const association = new OctetWriter().u32(asked.iaid).u32(INFINITE).u32(INFINITE);
  if (asked.prefix) {
    const { address, length } = asked.prefix;
    const body = new OctetWriter().u32(INFINITE).u32(INFINITE).u8(length).put(fromBigInt(address, 16));
    put(association, OPTION.iaPrefix, body.octets());
  }
  put(out, OPTION.iaPd, association.octets());
  return frameOf(router, asked.type, out.octets());
}

interface Association {
  readonly iaid: number;
  readonly t1: number;
  readonly t2: number;
  readonly preferred: number;
  readonly valid: number;
  /** The option of the prefix, the first one only. */
  readonly prefix: Option | undefined;
  readonly isRefused: boolean;
}

function associationOf({ value }: Option): Association | undefined {
  if (value.length < IA_HEADER) return undefined;
  const reader = new OctetReader(value);
  const [iaid = 0, t1 = 0, t2 = 0] = [reader.u32(), reader.u32(), reader.u32()];
  const { options } = optionsIn(reader.rest());
  const prefix = options.find((one) => one.code === OPTION.iaPrefix && one.value.length >= PREFIX_SIZE);
  const status = options.find((one) => one.code === OPTION.status && one.value.length >= 2);
  const lifetimes = new OctetReader(prefix?.value ?? new Uint8Array(8));
  return {
    iaid,
    t1,
    t2,
    preferred: lifetimes.u32() ?? 0,
    valid: lifetimes.u32() ?? 0,
    prefix,
    isRefused: status !== undefined && toBigInt(status.value.subarray(0, 2)) !== 0n,
  };
}

const hasBadTimes = ({ t1, t2 }: Association): boolean => t1 > t2 && t2 > 0;
const hasBadLifetimes = ({ preferred, valid, prefix }: Association): boolean =>
  prefix !== undefined && preferred > valid;

/** What an advertisement offers: the association's id, and the options of the request that takes it. */
export function readAdvertisement(
  octets: Uint8Array,
): { readonly iaid: number; readonly options: Uint8Array } | undefined {
  const out = new OctetWriter();
  let iaid = 0;
  for (const option of optionsIn(octets).options)
    if (option.code === OPTION.iaPd) {
      const association = associationOf(option);
      if (!association) continue;
      const { prefix } = association;
      if (hasBadTimes(association) || hasBadLifetimes(association) || association.isRefused) return undefined;
      iaid = association.iaid;
      const body = new OctetWriter().put(option.value.subarray(0, IA_HEADER));
      if (prefix) put(body, prefix.code, prefix.value.subarray(0, PREFIX_SIZE));
      put(out, option.code, body.octets());
    } else if (option.code === OPTION.serverId || option.code === OPTION.clientId)
      put(out, option.code, option.value);
  return { iaid, options: out.octets() };
}

export const request = (router: RequestingRouter, options: Uint8Array): Uint8Array =>
  frameOf(router, MESSAGE.request, options);

/** A prefix that was delegated; times in seconds. */
export interface Delegation {
  readonly iaid: number;
  readonly prefix: Prefix;
  readonly t1: number;
  readonly t2: number;
  readonly valid: number;
  readonly server: Uint8Array;
}

/** What a reply gives; undefined when it gives nothing. */
export function readReply(octets: Uint8Array): Delegation | undefined {
  let given: Omit<Delegation, 'server'> | undefined;
  let server: Uint8Array = new Uint8Array(0);
  for (const option of optionsIn(octets).options)
    if (option.code === OPTION.iaPd) {
      const association = associationOf(option);
      if (!association || hasBadTimes(association) || hasBadLifetimes(association)) continue;
      const { iaid, t1, t2, valid, prefix, isRefused } = association;
      if (isRefused) given = undefined;
      else if (prefix) {
        const [length = 0, ...address] = prefix.value.subarray(8, PREFIX_SIZE);
        given = { iaid, t1, t2, valid, prefix: { address: toBigInt(Uint8Array.from(address)), length } };
      }
    } else if (option.code === OPTION.serverId) server = option.value.slice(0, MAX_DUID);
  return given && { ...given, server };
}
