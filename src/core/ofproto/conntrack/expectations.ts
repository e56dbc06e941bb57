/** Connections that others announce: what `alg=ftp` and `alg=tftp` read in a control connection, and who is waited for. */
import { IP_PROTOCOL } from '../../wire/index.ts';
import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import { readU16 } from '../../wire/octets.ts';
import type { Connection } from './connection.ts';
import type { Tuple, TuplePlace } from './tuple.ts';

/** Nanoseconds that an announced connection is waited for. */
const WAITED = 300e9;
const UDP_HEADER = 8;
const TFTP_REQUESTS: ReadonlySet<number> = new Set([1, 2]);

/** The end that a connection is announced to come to, from any port. */
interface Announced {
  readonly protocol: number;
  readonly source: bigint;
  readonly destination: bigint;
  readonly port: number;
}

interface Expectation extends Announced {
  readonly master: Connection;
  readonly expires: number;
}

function sixNumbers(text: string): { readonly address: bigint; readonly port: number } | undefined {
  const numbers = text.split(',').map(Number);
  if (numbers.length !== 6 || numbers.some((one) => one > 255)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, high = 0, low = 0] = numbers;
  return { address: BigInt(((a << 24) | (b << 16) | (c << 8) | d) >>> 0), port: high * 256 + low };
}

/** Where an FTP line says that its sender waits: PORT and EPRT from the client, replies 227 and 229 from the server. */
function ftpEnd(line: string, tuple: Tuple, reply: boolean) {
  const numbers = (
    reply ? /^227 [^\d\r\n]*((?:\d{1,3},){5}\d{1,3})/ : /^PORT ((?:\d{1,3},){5}\d{1,3})\r/i
  ).exec(line);
  if (numbers?.[1] !== undefined) return sixNumbers(numbers[1]);
  if (reply) {
    const port = /^229 [^(\r\n]*\(([^\d\s])\1\1(\d{1,5})\1\)/.exec(line)?.[2];
    return port === undefined ? undefined : { address: tuple.source, port: Number(port) };
  }
  const [, , family = '', text = '', port = ''] =
    /^EPRT ([^\d\s])([12])\1([\da-f.:]+)\1(\d{1,5})\1/i.exec(line) ?? [];
  const address = family === '1' ? parseIpv4(text) : family === '2' ? parseIpv6(text) : undefined;
  return address === undefined ? undefined : { address: BigInt(address), port: Number(port) };
}

/** What a packet of a connection with a helper announces. Others' addresses count for nothing. */
function announcedBy(
  octets: Uint8Array,
  place: TuplePlace,
  master: Connection,
  reply: boolean,
): Announced | undefined {
  const { tuple, transport } = place;
  const { helper } = master;
  const ends = { protocol: tuple.protocol, source: tuple.destination, destination: tuple.source };
  if (helper === 'tftp') {
    const at = transport + UDP_HEADER;
    const isRequest = !reply && at + 2 <= octets.length && TFTP_REQUESTS.has(readU16(octets, at));
    return isRequest && tuple.protocol === IP_PROTOCOL.udp ? { ...ends, port: tuple.sourcePort } : undefined;
  }
  // Of FTP nothing is read before both ends were heard.
  if (helper !== 'ftp' || tuple.protocol !== IP_PROTOCOL.tcp || !master.seenReply) return undefined;
  const payload = octets.subarray(transport + ((octets[transport + 12] as number) >>> 4) * 4);
  const end = ftpEnd(String.fromCodePoint(...payload.subarray(0, 256)), tuple, reply);
  return end && end.address === tuple.source && end.port > 0 && end.port < 65536
    ? { ...ends, port: end.port }
    : undefined;
}

export class Expectations {
  #waiting: Expectation[] = [];

  /** Reads a packet of a connection with a helper; each connection waits for one other at a time. */
  listen(octets: Uint8Array, place: TuplePlace, master: Connection, reply: boolean, now: number): void {
    const announced = place.transport < 0 ? undefined : announcedBy(octets, place, master, reply);
    if (!announced) return;
    this.#waiting = this.#waiting.filter((one) => one.expires > now && one.master !== master);
    this.#waiting.push({ ...announced, master, expires: now + WAITED });
  }

  /** The connection that announced `tuple`; with `take` nobody is waited for any more. */
  masterOf(zone: number, tuple: Tuple, now: number, take: boolean): Connection | undefined {
    const found = this.#waiting.find(
      (one) =>
        one.master.zone === zone &&
        one.expires > now &&
        one.master.expires > now &&
        one.protocol === tuple.protocol &&
        one.port === tuple.destinationPort &&
        one.source === tuple.source &&
        one.destination === tuple.destination,
    );
    if (take && found) this.#waiting = this.#waiting.filter((one) => one !== found);
    return found?.master;
  }

  /** Nobody is waited for on behalf of a connection that is gone. */
  forget(master: Connection): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((one) => one.master !== master);
  }
}
