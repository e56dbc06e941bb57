/** The options of an answer, in dnsmasq's order: what it knows by itself, then what it was told to send. */
import { concatBytes } from '../../../base/bytes.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import { encodeDnsName } from '../../../wire/layer/dns-name.ts';
import { readU32, writeU32 } from '../../../wire/octets.ts';
import { chooseBoot } from './choice.ts';
import { DHCP_OPTION } from '../../../wire/index.ts';
import type { DhcpOption } from './option-value.ts';
import type { Subnet } from './range.ts';
import type { ReplyMessage } from './reply-message.ts';
import type { BootFile } from './settings.ts';
import type { Tags } from './tags.ts';
import { FOREVER } from './time.ts';

/** The next server's address stands among the options under the number of their end. */
const NEXT_SERVER = DHCP_OPTION.end;

export interface Filling {
  readonly type: number;
  readonly subnet: Subnet;
  readonly name: string | null;
  readonly domain: string | null;
  /** Null: the answer is about no lease. */
  readonly time: number | null;
  /** Seconds by which renewals are spread, at most. */
  readonly fuzz: number;
  readonly rapid: boolean;
  /** Null: everything is sent. */
  readonly requested: Uint8Array | null;
  /** The server answers questions for names at the usual port. */
  readonly servesNames: boolean;
  readonly zeroEnded: boolean;
  readonly fqdnFlags: number;
  /** Those that were chosen for this client. */
  readonly options: readonly DhcpOption[];
  readonly boots: readonly BootFile[];
  readonly tags: Tags;
  readonly overloads: boolean;
  readonly broadcasts: boolean;
}

/** Options that `--dhcp-option` does not decide about. */
const OWN: readonly number[] = [
  DHCP_OPTION.pad,
  DHCP_OPTION.overload,
  DHCP_OPTION.largestMessage,
  DHCP_OPTION.renewal,
  DHCP_OPTION.rebinding,
  DHCP_OPTION.fqdn,
  DHCP_OPTION.end,
];
/** Without a value these say that the option is not sent. */
const SUPPRESSIBLE: readonly number[] = [
  DHCP_OPTION.netmask,
  DHCP_OPTION.broadcast,
  DHCP_OPTION.router,
  DHCP_OPTION.dnsServer,
  DHCP_OPTION.domainName,
  DHCP_OPTION.hostName,
];
const SHORTEST_TIMER = 2;
const DNS_FORM = 0x04;

/** Addresses 0.0.0.0 become the server's own. */
function valueOf({ value, isAddresses, isText, code }: DhcpOption, local: number, zeroEnded: boolean) {
  if (isAddresses) {
    const octets = value.slice();
    for (let at = 0; at + 4 <= octets.length; at += 4)
      if (readU32(octets, at) === 0) writeU32(octets, at, local);
    return octets;
  }
  const ends = zeroEnded || code === DHCP_OPTION.serverName || code === DHCP_OPTION.bootFile;
  return isText && ends && value.length < 255 ? concatBytes([value, Uint8Array.of(0)]) : value;
}

/** Fills in an answer; the result lists options that found no room. */
export function fillReply(reply: ReplyMessage, filling: Filling): readonly number[] {
  const { subnet, requested, options, zeroEnded, domain, name, time, type, rapid } = filling;
  const missing: number[] = [];
  const own = (code: number): DhcpOption | undefined => options.find((option) => option.code === code);
  const isWanted = (code: number): boolean => requested === null || requested.includes(code);
  const put = (code: number, value: Uint8Array): void => {
    if (!reply.put(code, value)) missing.push(code);
  };
  const number = (code: number, value: number): void => {
    const octets = new Uint8Array(4);
    writeU32(octets, 0, value);
    put(code, octets);
  };
  const text = (code: number, value: string, ends: boolean): void =>
    put(code, encodeUtf8(ends && value.length < 255 ? `${value}\0` : value));
  if (filling.broadcasts) reply.setBroadcast();
  if (requested === null || !filling.overloads) reply.keepFields();
  put(DHCP_OPTION.messageType, Uint8Array.of(type));
  number(DHCP_OPTION.serverId, subnet.local);
  if (time !== null) number(DHCP_OPTION.leaseTime, time);
  if (rapid) put(DHCP_OPTION.rapidCommit, new Uint8Array(0));
  putBoot(reply, filling, text);
  if (time !== null && time !== FOREVER) {
    const [renewal, rebinding] = timers(filling, time);
    number(DHCP_OPTION.renewal, renewal);
    number(DHCP_OPTION.rebinding, rebinding);
  }
  if (!own(DHCP_OPTION.netmask)) number(DHCP_OPTION.netmask, subnet.netmask);
  if (subnet.broadcast !== 0 && !own(DHCP_OPTION.broadcast)) number(DHCP_OPTION.broadcast, subnet.broadcast);
  if (subnet.router !== 0 && isWanted(DHCP_OPTION.router) && !own(DHCP_OPTION.router))
    number(DHCP_OPTION.router, subnet.router);
  if (filling.servesNames && isWanted(DHCP_OPTION.dnsServer) && !own(DHCP_OPTION.dnsServer))
    number(DHCP_OPTION.dnsServer, subnet.local);
  if (domain !== null && isWanted(DHCP_OPTION.domainName) && !own(DHCP_OPTION.domainName))
    text(DHCP_OPTION.domainName, domain, zeroEnded);
  if (name !== null) {
    if (isWanted(DHCP_OPTION.hostName) && !own(DHCP_OPTION.hostName))
      text(DHCP_OPTION.hostName, name, zeroEnded);
    if (filling.fqdnFlags !== 0) put(DHCP_OPTION.fqdn, fqdnValue(filling, name));
  }
  for (const option of options) {
    const { code, value, forced } = option;
    if ((!forced && !isWanted(code)) || OWN.includes(code)) continue;
    if (value.length === 0 && SUPPRESSIBLE.includes(code)) continue;
    const isField = code === DHCP_OPTION.serverName || code === DHCP_OPTION.bootFile;
    if (isField && !forced && !isWanted(code)) continue;
    put(code, valueOf(option, subnet.local, zeroEnded));
  }
  return missing;
}

/** Half and seven eighths of the lease, or what options say; spread so that clients do not come all at once. */
function timers({ options, fuzz }: Filling, time: number): readonly [number, number] {
  const told = (code: number, usual: number): number => {
    const value = options.find((option) => option.code === code)?.value;
    const seconds = value?.length === 4 ? readU32(value, 0) : 0;
    return seconds < time && seconds > SHORTEST_TIMER ? seconds : usual;
  };
  const rebinding = told(DHCP_OPTION.rebinding, Math.floor((time * 7) / 8));
  const renewal = Math.min(told(DHCP_OPTION.renewal, Math.floor(time / 2)), rebinding - 1);
  let spread = fuzz;
  while (spread > renewal / 8) spread >>= 1;
  return [renewal - spread, rebinding - spread];
}

/** Names of the boot file and server: as options where they were asked for, else in their fields. */
function putBoot(
  reply: ReplyMessage,
  { boots, tags, requested, options, subnet, overloads }: Filling,
  text: (code: number, value: string, ends: boolean) => void,
): void {
  reply.nextServer = subnet.local;
  const boot = chooseBoot(boots, tags);
  const asOption = (code: number): boolean => requested?.includes(code) === true;
  if (boot === undefined) {
    const field = (code: number): string => {
      const option = options.find((one) => one.code === code && !one.forced);
      return option && !asOption(code) ? String.fromCharCode(...option.value) : '';
    };
    reply.bootFile = field(DHCP_OPTION.bootFile);
    reply.serverName = field(DHCP_OPTION.serverName);
    const next = options.find((one) => one.code === NEXT_SERVER)?.value;
    if (next && next.length >= 4) reply.nextServer = readU32(next, 0);
    return;
  }
  if (boot.serverName !== '')
    if (overloads && asOption(DHCP_OPTION.serverName)) text(DHCP_OPTION.serverName, boot.serverName, true);
    else reply.serverName = boot.serverName;
  if (boot.file !== '')
    if (overloads && asOption(DHCP_OPTION.bootFile)) text(DHCP_OPTION.bootFile, boot.file, true);
    else reply.bootFile = boot.file;
  if (boot.address !== 0) reply.nextServer = boot.address;
}

/** Option 81: flags, two octets that are always 255, and the whole name. */
function fqdnValue({ fqdnFlags, domain, zeroEnded }: Filling, name: string): Uint8Array {
  const whole = domain === null ? name : `${name}.${domain}`;
  const head = Uint8Array.of(fqdnFlags, 255, 255);
  if ((fqdnFlags & DNS_FORM) === 0) return concatBytes([head, encodeUtf8(zeroEnded ? `${whole}\0` : whole)]);
  const encoded = encodeDnsName(whole);
  return concatBytes([head, domain === null ? encoded.subarray(0, -1) : encoded]);
}
