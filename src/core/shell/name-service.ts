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
    nameOf: ({ family, address }) =>
      lines.find((one) => one.address.family === family && one.address.address === address)?.names[0],
  };
}
