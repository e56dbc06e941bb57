/** What arping finds out before its first packet: target, device and source address, or why it cannot start. */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { probeWay, STRERROR, type Link, type Namespace } from '../../linux/index.ts';
import { findLink } from '../../linux/device.ts';
import { parseIp } from '../../linux/family.ts';
import { ownerOf } from '../../linux/ip4/source-address.ts';
import { routeOutput } from '../../linux/ip4/route-output.ts';
import { parseAton } from '../ping/inet-aton.ts';
import type { ArpingOptions, Ending } from './options.ts';

export interface Plan {
  readonly target: number;
  readonly source: number;
  readonly link: Link;
}

/** Names that the machine can resolve, besides `localhost`. */
export type Resolver = (name: string) => number | undefined;

const fail = (text: string, status = 2): Result<never, Ending> =>
  err({ text: `arping: ${text}\n`, stream: 'err', status });

function resolveTarget(word: string, resolve: Resolver | undefined): Result<number, Ending> {
  const address =
    parseAton(word) ?? (word === 'localhost' ? parseIpv4('127.0.0.1') : undefined) ?? resolve?.(word);
  if (address !== undefined) return ok(address);
  return fail(
    parseIp(word) === undefined
      ? `${word}: Temporary failure in name resolution`
      : `${word}: Address family for hostname not supported`,
  );
}

/** The device of the route to `target`. */
function guessDevice(net: Namespace, target: number): Result<string, Ending> {
  const asked = routeOutput(net, { destination: target, source: 0, tos: 0, mark: 0, oif: 0 });
  return asked.ok ? ok(asked.value.link.name) : fail('NETLINK_ROUTE unexpected iov element', 1);
}

function findDevice(net: Namespace, options: ArpingOptions, name: string): Result<Link, Ending> {
  const link = findLink(net, name);
  if (link === undefined) return fail(`Device ${name} not available.`);
  const refuse = (text: string, status: number): Result<never, Ending> =>
    err({ text: options.quiet ? '' : `Interface "${name}" ${text}\n`, stream: 'out', status });
  if (!link.up) return refuse('is down', 2);
  if (link.noArp || link.kind === 'lo') return refuse('is not ARPable', options.detectDuplicate ? 0 : 2);
  return ok(link);
}

function chooseSource(
  net: Namespace,
  options: ArpingOptions,
  link: Link,
  target: number,
): Result<number, Ending> {
  let source = 0;
  if (options.source !== null) {
    const given = parseAton(options.source);
    if (given === undefined) return fail(`invalid source ${options.source}`);
    source = given;
  }
  if (!options.detectDuplicate && options.unsolicited && options.source === null) source = target;
  if (options.detectDuplicate && options.source === null) return ok(source);
  if (options.source !== null || source !== 0)
    return source === 0 || ownerOf(net, source) !== undefined
      ? ok(source)
      : fail('bind: Cannot assign requested address');
  const way = probeWay(net, { family: 4, destination: BigInt(target), oif: link.index, mark: 0, tos: 0 });
  if (!way.ok) return fail(`connect: ${STRERROR[way.error]}`);
  return way.value.broadcast ? fail(`connect: ${STRERROR.EACCES}`) : ok(Number(way.value.source));
}

/** The plan and the first line; a missing source is complained about after that line. */
export function planArping(
  net: Namespace,
  options: ArpingOptions,
  resolve: Resolver | undefined,
): Result<Plan & { readonly title: string }, Ending> {
  const target = resolveTarget(options.target, resolve);
  if (!target.ok) return target;
  const name = options.device === null ? guessDevice(net, target.value) : ok(options.device);
  if (!name.ok) return name;
  const link = findDevice(net, options, name.value);
  if (!link.ok) return link;
  const source = chooseSource(net, options, link.value, target.value);
  if (!source.ok) return source;
  const title = options.quiet
    ? ''
    : `ARPING ${formatIpv4(target.value)} from ${formatIpv4(source.value)} ${name.value}\n`;
  return ok({ target: target.value, source: source.value, link: link.value, title });
}
