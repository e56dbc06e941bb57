/** A load balancer's VIPs and backends, read from Load_Balancer.vips with this chassis's template values filled in. */
import { parseIpv4, parseIpv6 } from '../../base/address.ts';

export interface Endpoint {
  readonly family: 4 | 6;
  readonly address: bigint;
  /** 0 when none is given. */
  readonly port: number;
}

export interface LoadBalancerVip {
  readonly vip: Endpoint;
  readonly backends: readonly Endpoint[];
}

/** `10.0.0.1`, `10.0.0.1:80`, `fd00::1`, `[fd00::1]:80`. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  const plain = bracketed ?? /^([^:]+)(?::(\d+))?$/.exec(text);
  const address = plain?.[1] ?? text;
  const port = Number(plain?.[2] ?? 0);
  const four = parseIpv4(address);
  if (four !== undefined) return { family: 4, address: BigInt(four), port };
  const six = parseIpv6(address);
  return six === undefined ? undefined : { family: 6, address: six, port };
}

/** VIPs that can be read; `expand` puts template values into a text. A VIP with a wrong backend is left out whole. */
export function readVips(
  vips: ReadonlyMap<string, string>,
  expand: (text: string) => string,
): LoadBalancerVip[] {
  const found: LoadBalancerVip[] = [];
  for (const [key, value] of vips) {
    const vip = parseEndpoint(expand(key));
    const backends = expand(value)
      .split(',')
      .filter((text) => text !== '')
      .map(parseEndpoint);
    if (vip && backends.every((backend) => backend !== undefined && backend.family === vip.family))
      found.push({ vip, backends: backends.filter((backend) => backend !== undefined) });
  }
  return found;
}
