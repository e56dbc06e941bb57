/** `/etc/resolv.conf` (resolv.conf(5)): the servers to ask, where to look for short names, and how long to wait. */
import { parseIp } from '../../linux/family.ts';
import type { DnsServer } from './exchange.ts';

const MOST_SERVERS = 3;
const DNS_PORT = 53;

export interface ResolverSettings {
  readonly servers: readonly DnsServer[];
  readonly search: readonly string[];
  /** A name with fewer dots is looked for in `search` before it is taken as it is. */
  readonly ndots: number;
  /** Seconds for one server. */
  readonly timeout: number;
  /** How often the servers are gone through. */
  readonly attempts: number;
}

/** Reads the file; without a server in it the machine itself is asked. The last `search` or `domain` counts. */
export function parseResolvConf(text: string): ResolverSettings {
  const servers: DnsServer[] = [];
  let search: readonly string[] = [];
  const numbers = { ndots: 1, timeout: 5, attempts: 2 };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver') {
      const address = parseIp(values[0] ?? '');
      if (address !== undefined && servers.length < MOST_SERVERS)
        servers.push({ ...address, port: DNS_PORT });
    } else if (keyword === 'search') search = values;
    else if (keyword === 'domain') search = values.slice(0, 1);
    else if (keyword === 'options')
      for (const value of values) {
        const [, name = '', digits = ''] = /^(ndots|timeout|attempts):(\d+)$/.exec(value) ?? [];
        if (name === 'ndots') numbers.ndots = Math.min(15, Number(digits));
        else if (name === 'timeout') numbers.timeout = Math.min(30, Number(digits));
        else if (name === 'attempts') numbers.attempts = Math.min(5, Number(digits));
      }
  }
  if (servers.length === 0) servers.push({ family: 4, address: 0x7f000001n, port: DNS_PORT });
  return { servers, search, ...numbers };
}
