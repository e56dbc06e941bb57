/** Filters over addresses and networks as texts, after Ansible's `ipaddr` family. */
import { formatAddress, networkOf, parsePrefix, sizeOf, type Prefix } from '../../os-net-config/prefix.ts';
import { prefixMask } from '../../../base/address.ts';
import type { Filter, FilterArguments } from './filter.ts';
import { str, type Value } from './value.ts';

const widthOf = (prefix: Prefix): number => (prefix.family === 4 ? 32 : 128);
const lastOf = (prefix: Prefix): bigint => networkOf(prefix) + sizeOf(prefix) - 1n;
const text = (prefix: Prefix, ip: bigint): string => formatAddress(prefix.family, ip);

/** Queries of `ipaddr` by name. */
const QUERIES: Readonly<Record<string, (prefix: Prefix) => Value>> = {
  address: (prefix) => text(prefix, prefix.ip),
  broadcast: (prefix) => text(prefix, lastOf(prefix)),
  host: (prefix) => `${text(prefix, prefix.ip)}/${prefix.length}`,
  'host/prefix': (prefix) => `${text(prefix, prefix.ip)}/${prefix.length}`,
  net: (prefix) => `${text(prefix, networkOf(prefix))}/${prefix.length}`,
  netmask: (prefix) => text(prefix, prefixMask(prefix.length, widthOf(prefix))),
  network: (prefix) => text(prefix, networkOf(prefix)),
  network_id: (prefix) => text(prefix, networkOf(prefix)),
  prefix: ({ length }) => length,
  size: (prefix) => Number(sizeOf(prefix)),
  subnet: (prefix) => `${text(prefix, networkOf(prefix))}/${prefix.length}`,
  version: ({ family }) => family,
};

function ask(value: Value, call: FilterArguments, family: 4 | 6 | null): Value {
  const prefix = parsePrefix(str(value));
  if (prefix === undefined || (family !== null && prefix.family !== family)) return false;
  const [query = ''] = call.positional;
  if (query === '') return value;
  if (/^-?\d+$/.test(str(query))) {
    const at = BigInt(str(query));
    const ip = (at < 0n ? lastOf(prefix) + 1n : networkOf(prefix)) + at;
    return `${text(prefix, ip)}/${prefix.length}`;
  }
  const name = str(query);
  const answer = Object.hasOwn(QUERIES, name) ? QUERIES[name] : undefined;
  return answer ? answer(prefix) : call.refuse(`the query ${name} is not modelled`);
}

const asking =
  (family: 4 | 6 | null): Filter =>
  (value, call) =>
    Array.isArray(value)
      ? value.flatMap((item) => {
          const answer = ask(item, call, family);
          return answer === false ? [] : [answer];
        })
      : ask(value, call, family);

export const ADDRESS_FILTERS: Readonly<Record<string, Filter>> = {
  ipaddr: asking(null),
  ipv4: asking(4),
  ipv6: asking(6),
  /** An IPv6 address in brackets, as in a URL. */
  ipwrap: (value) => (parsePrefix(str(value))?.family === 6 ? `[${str(value)}]` : value),
  nthhost: (value, call) => {
    const prefix = parsePrefix(str(value));
    const at = Number(call.positional[0] ?? 0);
    return prefix && Number.isSafeInteger(at) ? text(prefix, networkOf(prefix) + BigInt(at)) : false;
  },
};
