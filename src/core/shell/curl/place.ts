/** Where a URL leads: its parts, and the address of its host. */
import { parseIp, type Family, type IpAddress } from '../../linux/family.ts';
import type { Resolver } from '../dns/resolver.ts';

/** The parts of a URL that a request needs. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Why there is no request: the status, and what `curl` says behind it. */
export type Refusal = { readonly status: number; readonly text: string };

/** The parts of a URL with or without `http://`. */
export function placeOf(url: string): Place | Refusal {
  const parts = /^(?:([a-z]+):\/\/)?(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#]*)(?::(\d*))?([^#]*)/i.exec(url);
  const [, scheme = 'http', host = '', port = '', rest = ''] = parts ?? [];
  if (host === '') return { status: 3, text: 'URL using bad/illegal format or missing URL' };
  if (scheme.toLowerCase() !== 'http')
    return { status: 1, text: `Protocol "${scheme}" is not modelled: HTTP alone is` };
  const path = rest === '' || rest.startsWith('?') ? `/${rest}` : rest;
  return { host, port: port === '' ? 80 : Number(port), path };
}

/** Finds the address of a host; undefined when it has none of the family. The answer gives up. */
export function findAddress(
  host: string,
  family: Family | null,
  resolver: Resolver | undefined,
  done: (address: IpAddress | undefined) => void,
): () => void {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const loopback: IpAddress = family === 6 ? { family: 6, address: 1n } : { family: 4, address: 0x7f000001n };
  const known = bare === 'localhost' ? loopback : parseIp(bare);
  if (known === undefined && resolver !== undefined)
    return resolver.lookUp(bare, family, (answer) =>
      done(answer.kind === 'found' ? answer.addresses[0] : undefined),
    );
  done(known !== undefined && (family === null || known.family === family) ? known : undefined);
  return () => undefined;
}

/** A URL as curl completes it. */
export const withScheme = (url: string): string => {
  const whole = /^[a-z]+:\/\//i.test(url) ? url : `http://${url}`;
  return /^[a-z]+:\/\/[^/?]*$/i.test(whole) ? `${whole}/` : whole;
};
