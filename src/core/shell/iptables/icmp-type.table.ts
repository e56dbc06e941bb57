/** ICMP types and codes by iptables' names. */

interface IcmpType {
  readonly type: number;
  readonly code: number | null;
}

const NAMES: Readonly<Record<string, IcmpType>> = {
  'echo-reply': { type: 0, code: null },
  pong: { type: 0, code: null },
  'destination-unreachable': { type: 3, code: null },
  'network-unreachable': { type: 3, code: 0 },
  'host-unreachable': { type: 3, code: 1 },
  'protocol-unreachable': { type: 3, code: 2 },
  'port-unreachable': { type: 3, code: 3 },
  'fragmentation-needed': { type: 3, code: 4 },
  'source-route-failed': { type: 3, code: 5 },
  'network-unknown': { type: 3, code: 6 },
  'host-unknown': { type: 3, code: 7 },
  'network-prohibited': { type: 3, code: 9 },
  'host-prohibited': { type: 3, code: 10 },
  'TOS-network-unreachable': { type: 3, code: 11 },
  'TOS-host-unreachable': { type: 3, code: 12 },
  'communication-prohibited': { type: 3, code: 13 },
  'host-precedence-violation': { type: 3, code: 14 },
  'precedence-cutoff': { type: 3, code: 15 },
  'source-quench': { type: 4, code: null },
  redirect: { type: 5, code: null },
  'network-redirect': { type: 5, code: 0 },
  'host-redirect': { type: 5, code: 1 },
  'TOS-network-redirect': { type: 5, code: 2 },
  'TOS-host-redirect': { type: 5, code: 3 },
  'echo-request': { type: 8, code: null },
  ping: { type: 8, code: null },
  'router-advertisement': { type: 9, code: null },
  'router-solicitation': { type: 10, code: null },
  'time-exceeded': { type: 11, code: null },
  'ttl-exceeded': { type: 11, code: null },
  'ttl-zero-during-transit': { type: 11, code: 0 },
  'ttl-zero-during-reassembly': { type: 11, code: 1 },
  'parameter-problem': { type: 12, code: null },
  'ip-header-bad': { type: 12, code: 0 },
  'required-option-missing': { type: 12, code: 1 },
  'timestamp-request': { type: 13, code: null },
  'timestamp-reply': { type: 14, code: null },
  'address-mask-request': { type: 17, code: null },
  'address-mask-reply': { type: 18, code: null },
};

/** A name (or the beginning of just one), a type, or `type/code`; undefined when it is none of them. */
export function icmpTypeNamed(word: string): IcmpType | 'any' | undefined {
  if (word === 'any') return 'any';
  const numbers = /^(\d+)(?:\/(\d+))?$/.exec(word);
  if (numbers !== null) {
    const type = Number(numbers[1]);
    const code = numbers[2] === undefined ? null : Number(numbers[2]);
    return type > 255 || (code ?? 0) > 255 ? undefined : { type, code };
  }
  const lower = word.toLowerCase();
  const fitting = Object.entries(NAMES).filter(([name]) => name.toLowerCase().startsWith(lower));
  const exact = fitting.find(([name]) => name.toLowerCase() === lower);
  return exact?.[1] ?? (fitting.length === 1 ? fitting[0]?.[1] : undefined);
}

/** The name that a listing shows. */
export const icmpTypeName = (type: number, code: number | null): string | undefined =>
  Object.entries(NAMES).find(([, each]) => each.type === type && each.code === code)?.[0];
