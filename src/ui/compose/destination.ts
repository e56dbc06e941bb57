/** What was typed as the end of a packet: an address, or the name of something that has one. */
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import type { PingEnd } from './ends.ts';
import { endOf } from './places.ts';

export interface Destination {
  /** The address, or what was typed where no thing here is called so: the machine may know the name. */
  readonly text: string;
  /** Why nothing can be sent there; '' where something can. */
  readonly problem: string;
  /** What one should know of it before. */
  readonly hint: string;
}

const isAddress = (text: string): boolean => /^\d+(\.\d+){3}$/.test(text) || text.includes(':');
const familyName = (six: boolean): string => (six ? 'IPv6' : 'IPv4');

/** `own`: the addresses of where it starts. `fourOnly`: what is sent knows no IPv6. */
export function readDestination(
  typed: string,
  {
    ends,
    own,
    snapshot,
    fourOnly,
  }: {
    readonly ends: readonly PingEnd[];
    readonly own: readonly string[];
    readonly snapshot: WorldSnapshot;
    readonly fourOnly: boolean;
  },
): Destination {
  const wrong = (problem: string): Destination => ({ text: typed, problem, hint: '' });
  if (typed === '') return wrong('An address, or the name of a machine, guest or port');
  if (/[^\p{L}\p{N}.:%_-]/u.test(typed) || typed.startsWith('-'))
    return wrong(`${typed} is no address and no name`);
  const families = new Set(own.map((address) => address.includes(':')));
  const named = isAddress(typed)
    ? null
    : addressNamed(typed, ends, snapshot, fourOnly ? new Set([false]) : families);
  const text = named ?? typed;
  if (!isAddress(text)) return { text, problem: '', hint: '' };
  const six = text.includes(':');
  if (six && fourOnly)
    return wrong('ARP asks for IPv4 addresses; IPv6 has neighbour solicitations, which a ping sends');
  const reaches = families.has(six) || (six && /^f[ef]/i.test(text));
  const missing = reaches || own.length === 0 ? '' : `The start has no ${familyName(six)} address`;
  return { text, problem: '', hint: missing || (named === null ? '' : `${typed} is ${named}`) };
}

/** Of a thing with several addresses one of a family that the start has. */
function addressNamed(
  name: string,
  ends: readonly PingEnd[],
  snapshot: WorldSnapshot,
  families: ReadonlySet<boolean>,
): string | null {
  const called = ends.filter(
    ({ host, namespace, device }) =>
      name === namespace || name === device || (namespace === '' && name === host),
  );
  const fits = called.find(({ address }) => families.has(address.includes(':'))) ?? called[0];
  if (fits) return fits.address;
  const ports = [...(snapshot.logical?.switches ?? []), ...(snapshot.logical?.routers ?? [])].flatMap(
    (datapath): readonly { readonly name: string; readonly uuid: string }[] => datapath.ports,
  );
  const port = ports.find((one) => one.name === name);
  return port ? endOf({ kind: 'logical-port', uuid: port.uuid }, snapshot) : null;
}
