/** What the kernel shows as files to programs of one namespace: /proc/net, /proc/sys/net and /sys/class/net. */
import { invariant } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Errno } from '../errno.ts';
import type { Namespace } from '../namespace.ts';
import { directory, entriesOf, linkTo, readOnly, type Entries, type Node } from './node.ts';
import { bondText } from './proc-bonding.ts';
import {
  addresses6Text,
  deviceGroupsText,
  devText,
  groups4Text,
  groups6Text,
  vlansText,
  vlanText,
} from './proc-devices.ts';
import { arpText, routes4Text, routes6Text } from './proc-routes.ts';
import { settingsDirectory } from './proc-sys.ts';
import { classDirectory, devicesDirectory } from './sys-class-net.ts';

function procNet(net: Namespace): Entries {
  const text = (make: (net: Namespace) => string) => (): Node => readOnly(() => make(net));
  const entries = entriesOf({
    arp: text(arpText),
    dev: text(devText),
    dev_mcast: text(deviceGroupsText),
    if_inet6: text(addresses6Text),
    igmp: text(groups4Text),
    igmp6: text(groups6Text),
    ipv6_route: text(routes6Text),
    route: text(routes4Text),
  });
  const links = [...net.links.values()];
  if (net.machine.features.has('bond') && links.some(({ bond }) => bond !== null))
    entries.set('bonding', () =>
      directory(
        () =>
          new Map(
            links.flatMap((link) => {
              const { bond } = link;
              return bond === null ? [] : [[link.name, () => readOnly(() => bondText(net, link, bond))]];
            }),
          ),
      ),
    );
  if (links.some(({ vlan }) => vlan !== null))
    entries.set('vlan', () =>
      directory(
        () =>
          new Map([
            ['config', () => readOnly(() => vlansText(net))],
            ...links.flatMap((link): [string, () => Node][] => {
              const { vlan } = link;
              return vlan === null ? [] : [[link.name, () => readOnly(() => vlanText(link, vlan.id))]];
            }),
          ]),
      ),
    );
  return entries;
}

const folder = (record: Readonly<Record<string, () => Node>>): Node => directory(() => entriesOf(record));

/** The directories that a shell mounts, by where. */
export const KERNEL_MOUNTS = ['/proc', '/sys'] as const;

function rootOf(net: Namespace): Node {
  return folder({
    proc: () =>
      folder({
        net: () => linkTo('self/net'),
        self: () => folder({ net: () => directory(() => procNet(net)) }),
        sys: () => settingsDirectory(net.sysctl),
      }),
    sys: () =>
      folder({
        class: () => folder({ net: () => classDirectory(net) }),
        devices: () => folder({ virtual: () => folder({ net: () => devicesDirectory(net) }) }),
      }),
  });
}

/** A path without links in it, and what it leads to. */
export interface Found {
  readonly path: string;
  readonly node: Node;
}

const MOST_LINKS = 40;

/** Files of one namespace by absolute path. What is not there is `ENOENT`. */
export class KernelFiles {
  readonly #net: Namespace;

  constructor(net: Namespace) {
    this.#net = net;
  }

  /** Follows links on the way; the last part's only if `followLast`. */
  find(path: string, followLast = true): Result<Found, Errno> {
    let parts = path.split('/').filter((part) => part !== '' && part !== '.');
    let followed = 0;
    for (;;) {
      const walked = this.#walk(parts, followLast);
      if (!walked.ok) return walked;
      if (!('rest' in walked.value)) return ok(walked.value);
      followed += 1;
      if (followed > MOST_LINKS) return err('ELOOP');
      parts = walked.value.rest;
    }
  }

  /** As far as the first link that is to be followed: then the parts of the path that takes its place. */
  #walk(parts: string[], followLast: boolean): Result<Found | { readonly rest: string[] }, Errno> {
    const at: Found[] = [{ path: '', node: rootOf(this.#net) }];
    for (const [index, part] of parts.entries()) {
      const here = at[at.length - 1];
      invariant(here !== undefined, 'a path has a beginning');
      if (part === '..') {
        if (at.length > 1) at.pop();
        continue;
      }
      const node = here.node.kind === 'directory' ? here.node.find(part) : undefined;
      if (node === undefined) return err('ENOENT');
      if (node.kind === 'link' && (followLast || index < parts.length - 1)) {
        const base = node.target.startsWith('/') ? [] : here.path.split('/').slice(1);
        return ok({
          rest: [...base, ...node.target.split('/'), ...parts.slice(index + 1)].filter((one) => one !== ''),
        });
      }
      at.push({ path: `${here.path}/${part}`, node });
    }
    const end = at[at.length - 1];
    invariant(end !== undefined, 'a path has an end');
    return ok({ path: end.path === '' ? '/' : end.path, node: end.node });
  }

  read(path: string): Result<string, Errno> {
    const found = this.find(path);
    if (!found.ok) return found;
    return found.value.node.kind === 'file' ? found.value.node.read() : err('EINVAL');
  }

  /** Writes a whole text, as `echo` does in one go. */
  write(path: string, text: string): Result<void, Errno> {
    const found = this.find(path);
    if (!found.ok) return found;
    const { node } = found.value;
    if (node.kind !== 'file') return err('EINVAL');
    if (node.write !== undefined) return node.write(text);
    return err(found.value.path.startsWith('/proc/self/net') ? 'EIO' : 'EACCES');
  }
}
