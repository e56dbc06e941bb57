/** What Debian's dhclient-script and its hooks do to a device with a lease. */
import { formatIpv4 } from '../../base/address.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { readU16, readU32 } from '../../wire/octets.ts';
import { searchList } from './option.table.ts';

/** Where commands go, and the resolver's file. */
export interface ScriptSite {
  readonly run: (...argv: string[]) => void;
  readonly writeFile: (path: string, text: string) => void;
}

export interface Granted {
  readonly device: string;
  readonly address: number;
  readonly seconds: number;
  /** Options by their codes. */
  readonly options: ReadonlyMap<number, Uint8Array>;
}

const RESOLV_CONF = '/etc/resolv.conf';

export const prepare = (site: ScriptSite, device: string): void =>
  site.run('ip', 'link', 'set', 'dev', device, 'up');

export const takeAway = (site: ScriptSite, device: string): void =>
  site.run('ip', '-4', 'addr', 'flush', 'dev', device, 'label', device);

/** `isNew`: the address was not on the device yet. */
export function configure(site: ScriptSite, granted: Granted, isNew: boolean): void {
  const { device, address, seconds, options } = granted;
  const addresses = (code: number): readonly number[] => {
    const value = options.get(code) ?? new Uint8Array(0);
    return Array.from({ length: value.length >> 2 }, (_, at) => readU32(value, 4 * at));
  };
  const mask = addresses(1)[0];
  const broadcast = addresses(28)[0];
  const mtu = options.get(26);
  site.run(
    'ip',
    '-4',
    'addr',
    isNew ? 'add' : 'change',
    `${formatIpv4(address)}${mask === undefined ? '' : `/${Math.clz32(~mask)}`}`,
    ...(broadcast === undefined ? [] : ['broadcast', formatIpv4(broadcast)]),
    'valid_lft',
    String(seconds),
    'preferred_lft',
    String(seconds),
    'dev',
    device,
    'label',
    device,
  );
  if (isNew) {
    if (mtu?.length === 2) site.run('ip', 'link', 'set', 'dev', device, 'mtu', String(readU16(mtu, 0)));
    const routes = options.get(121);
    if (routes === undefined)
      for (const router of addresses(3)) {
        const via = formatIpv4(router);
        if (mask === 0xffffffff) site.run('ip', '-4', 'route', 'add', via, 'dev', device);
        site.run('ip', '-4', 'route', 'add', 'default', 'via', via, 'dev', device);
      }
    else
      for (const words of classlessRoutes(routes))
        site.run('ip', '-4', 'route', 'add', ...words, 'dev', device);
  }
  writeResolvConf(site, options, addresses(6));
}

/** Prefixes with their routers; a router of 0.0.0.0 is the link itself. */
function classlessRoutes(value: Uint8Array): readonly (readonly string[])[] {
  const routes: string[][] = [];
  for (let at = 0; at < value.length;) {
    const length = value[at] as number;
    const size = Math.ceil(length / 8);
    if (length > 32 || at + 1 + size + 4 > value.length) break;
    const prefix = new Uint8Array(4);
    prefix.set(value.subarray(at + 1, at + 1 + size));
    at += 1 + size;
    const router = readU32(value, at);
    at += 4;
    const destination = length === 0 ? 'default' : `${formatIpv4(readU32(prefix, 0))}/${length}`;
    routes.push([destination, ...(router === 0 ? [] : ['via', formatIpv4(router)])]);
  }
  return routes;
}

function writeResolvConf(
  site: ScriptSite,
  options: ReadonlyMap<number, Uint8Array>,
  servers: readonly number[],
): void {
  const domain = decodeUtf8(options.get(15) ?? new Uint8Array(0)).replace(/\0+$/, '');
  const listed = searchList(options.get(119) ?? new Uint8Array(0));
  if (domain === '' && listed.length === 0 && servers.length === 0) return;
  const whole = listed.length > 0 && domain !== '' && !listed.includes(domain) ? [domain, ...listed] : listed;
  const search = whole.length > 0 ? whole.join(' ') : domain;
  site.writeFile(
    RESOLV_CONF,
    [
      ...(domain === '' ? [] : [`domain ${domain.split(' ')[0] ?? ''}`]),
      ...(search === '' ? [] : [`search ${search}`]),
      ...servers.map((server) => `nameserver ${formatIpv4(server)}`),
    ]
      .map((line) => `${line}\n`)
      .join(''),
  );
}
