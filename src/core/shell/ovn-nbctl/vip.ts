/** Virtual addresses of load balancers and their backends, plain and templated. */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { toInteger } from '../ovsdb/scan.ts';

/** An address with a port, 0 where there is none. */
export interface Endpoint {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
}

/** `A`, `A:PORT`, `[A]:PORT` or a bare IPv6 address; a problem is what OVS logs about it, `''` when it logs nothing. */
export function parseEndpoint(text: string): Result<Endpoint> {
  let inBrackets = false;
  let colons = 0;
  let last = -1;
  for (const [i, char] of Array.from(text).entries()) {
    if (char === '[') inBrackets = true;
    else if (char === ']') inBrackets = false;
    else if (char === ':' && !inBrackets) {
      colons += 1;
      last = i;
    }
  }
  const isSplit = colons === 1;
  const host = (isSplit ? text.slice(0, last) : text).replace(/^\[(.*)\]$/, '$1');
  const portText = isSplit ? text.slice(last + 1) : '';
  const port = portText === '' ? 0 : toInteger(portText);
  if (port === undefined || port < 0 || port > 65535) return err(`${text}: bad port number "${portText}"`);
  if (host.includes(':')) {
    const address = parseIpv6(host.split('%')[0] ?? '');
    return address === undefined ? err('') : ok({ address: formatIpv6(address), family: 6, port });
  }
  const address = parseIpv4(host);
  return address === undefined
    ? err(`${text}: bad IP address "${host}"`)
    : ok({ address: formatIpv4(address), family: 4, port });
}

/** A virtual address and its backends as they are stored. */
export interface Vip {
  readonly key: string;
  readonly backends: string;
  readonly hasPort: boolean;
}

export interface VipProblem {
  readonly message: string;
  /** What OVS's parser logs on the way. */
  readonly logs: readonly string[];
}

const endpointText = (address: string, port: string, isBracketed: boolean): string =>
  `${isBracketed ? `[${address}]` : address}${port === '' ? '' : `:${port}`}`;

const splitList = (text: string, separator: string): readonly string[] =>
  text.split(separator).filter((part) => part !== '');

interface Backend {
  readonly address: string;
  readonly port: string;
  readonly isAny: boolean;
}

/** One backend given by address; what is wrong goes into `errors`. */
function plainBackend(
  text: string,
  vip: { readonly address: string; readonly family: 4 | 6; readonly hasPort: boolean },
  errors: string[],
  logs: string[],
): Backend | undefined {
  const wrongForm = `${text}: should be an IP address${vip.hasPort ? ' and a port number with : as a separator' : ''}`;
  const parsed = parseEndpoint(text);
  if (!parsed.ok) {
    if (parsed.error !== '') logs.push(parsed.error);
    errors.push(wrongForm);
    return undefined;
  }
  const { address, family, port } = parsed.value;
  if (family !== vip.family) {
    errors.push(`${text}: IP address family is different from VIP ${vip.address}`);
    return undefined;
  }
  if (vip.hasPort !== port > 0) {
    errors.push(wrongForm);
    return undefined;
  }
  return { address, port: port === 0 ? '' : String(port), isAny: address === '::' };
}

function templateBackend(text: string, errors: string[]): Backend | undefined {
  const [address, port = '', ...more] = splitList(text, ':');
  if (address === undefined || more.length > 0) {
    errors.push(
      `${address ?? text}: should be a template of the form: '^backendip_variable1[:^port_variable1|:port]'`,
    );
    return undefined;
  }
  return { address, port, isAny: true };
}

function backendsText(backends: readonly (Backend | undefined)[], family: 4 | 6, hasPort: boolean): string {
  return backends
    .flatMap((backend) =>
      backend === undefined
        ? []
        : [endpointText(backend.address, backend.port, family === 6 && hasPort && !backend.isAny)],
    )
    .join(',');
}

/** Parses a virtual address with its backends. */
export function parseVip(key: string, value: string): Result<Vip, VipProblem> {
  const parsed = parseEndpoint(key);
  if (!parsed.ok)
    return err({
      message: `${key}: should be an IP address (or an IP address and a port number with : as a separator).`,
      logs: parsed.error === '' ? [] : [parsed.error],
    });
  const { address, family, port } = parsed.value;
  const hasPort = port > 0;
  const errors: string[] = [];
  const logs: string[] = [];
  const backends = splitList(value, ',').map((each) =>
    plainBackend(each, { address, family, hasPort }, errors, logs),
  );
  if (errors.length > 0) return err({ message: `${errors.join(', ')}.`, logs });
  return ok({
    key: endpointText(address, hasPort ? String(port) : '', family === 6 && hasPort),
    backends: backendsText(backends, family, hasPort),
    hasPort,
  });
}

/** The same where names of chassis template variables (`^name`) stand for addresses and ports. */
export function parseTemplateVip(key: string, value: string, family: 4 | 6): Result<Vip, VipProblem> {
  const [address, port = '', ...more] = splitList(key, ':');
  if (address === undefined || more.length > 0)
    return err({
      message: `${key}: should be a template of the form: '^vip_variable[:^port_variable|:port]'.`,
      logs: [],
    });
  const hasPort = port !== '';
  const errors: string[] = [];
  const logs: string[] = [];
  const backends = splitList(value, ',').map((each) =>
    each.startsWith('^')
      ? templateBackend(each, errors)
      : plainBackend(each, { address, family, hasPort }, errors, logs),
  );
  if (errors.length > 0) return err({ message: `invalid backend: template (${errors.join(', ')}.)`, logs });
  return ok({
    key: endpointText(address, port, false),
    backends: backendsText(backends, family, hasPort),
    hasPort,
  });
}
