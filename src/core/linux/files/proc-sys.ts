/** /proc/sys/net: the settings of a namespace as files, read and written. */
import { err, ok } from '../../base/result.ts';
import type { Sysctl } from '../sysctl.ts';
import { writeSetting } from '../sysctl-write.ts';
import { directory, type DirectoryNode, type Entries, type FileNode, type Node } from './node.ts';

const settingFile = (sysctl: Sysctl, key: string): FileNode => ({
  kind: 'file',
  read: () => {
    const value = sysctl.get(key);
    return value === undefined ? err('ENOENT') : ok(`${value}\n`);
  },
  write: (text) => writeSetting(sysctl, key, text),
});

/** The keys that begin with `prefix` (a full stop at its end, or nothing) as a directory; a slash in a key stands for a full stop in a name. */
export function settingsDirectory(sysctl: Sysctl, prefix = ''): DirectoryNode {
  return directory((): Entries => {
    const entries = new Map<string, () => Node>();
    for (const key of sysctl.keys()) {
      if (!key.startsWith(prefix)) continue;
      const [first = '', ...rest] = key.slice(prefix.length).split('.');
      const name = first.replaceAll('/', '.');
      if (entries.has(name)) continue;
      entries.set(name, () =>
        rest.length === 0 ? settingFile(sysctl, key) : settingsDirectory(sysctl, `${prefix}${first}.`),
      );
    }
    return entries;
  });
}
