/** `--dhcp-hostsfile` and `--dhcp-optsfile`: a line a host or an option, read at the start and again on SIGHUP. */
import { addDhcpHost, addDhcpOption, type DhcpSettings } from './settings.ts';

/** Reads the files of `settings` behind what the command line said; a later call takes back what this one added. */
export function fileReader(
  settings: DhcpSettings,
  read: (path: string) => string | undefined,
  say: (text: string, part?: 'dhcp') => void,
): () => void {
  const hosts = [...settings.hosts];
  const options = [...settings.options];
  return () => {
    settings.hosts.splice(0, settings.hosts.length, ...hosts);
    settings.options.splice(0, settings.options.length, ...options);
    const each = (paths: readonly string[], add: (line: string) => string | null): void => {
      for (const path of paths) {
        const text = read(path);
        if (text === undefined) {
          say(`cannot read ${path}: No such file or directory`);
          continue;
        }
        for (const [index, raw] of text.split('\n').entries()) {
          const line = raw.replace(/(^|\s)#.*$/, '').trim();
          const wrong = line === '' ? null : add(line);
          if (wrong !== null) say(`${wrong} at line ${index + 1} of ${path}`);
        }
        say(`read ${path}`, 'dhcp');
      }
    };
    each(settings.hostsFiles, (line) => addDhcpHost(settings, line));
    each(settings.optionFiles, (line) => addDhcpOption(settings, line, false));
  };
}
