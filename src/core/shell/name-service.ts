/** Names by `/etc/hosts` (hosts(5), nss_files): the first line that has the name or the address decides. */
import { parseIp, type Family, type IpAddress } from '../linux/family.ts';

interface HostsLine {
  readonly address: IpAddress;
  /** The canonical name first. */
  readonly names: readonly string[];
}

export interface NameService {
  resolve(name: string, family: Family | null): (IpAddress & { readonly canonical: string }) | undefined;
  nameOf(address: IpAddress): string | undefined;
  /** All addresses of a name in a family, with the names of the first line that counts. */
  all(
    name: string,
    family: Family | null,
  ): { readonly addresses: readonly IpAddress[]; readonly names: readonly string[] };
}

/** The lines of a hosts file; those without an address or a name are passed over. */
export function parseHosts(text: string): HostsLine[] {
  return text.split('\n').flatMap((line) => {
    const [first = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    const address = parseIp(first);
    return address === undefined || names.length === 0 ? [] : [{ address, names }];
  });
}

/** Looks names up in the text of a hosts file; names are compared without case. */
export function nameService(hosts: string): NameService {
  const lines = parseHosts(hosts);
  return {
    resolve(name, family) {
      const wanted = name.toLowerCase();
      const line = lines.find(
        (one) =>
          (family === null || one.address.family === family) &&
          one.names.some((each) => each.toLowerCase() === wanted),
      );
      return line && { ...line.address, canonical: line.names[0] ?? name };
    },
    all(name, family) {
      const wanted = name.toLowerCase();
      const found = lines.filter(
        (one) =>
          (family === null || one.address.family === family) &&
          one.names.some((each) => each.toLowerCase() === wanted),
      );
      return { addresses: found.map(({ address }) => address), names: found[0]?.names ?? [] };
    },
    nameOf: ({ family, address }) =>
      lines.find((one) => one.address.family === family && one.address.address === address)?.names[0],
  };
}
