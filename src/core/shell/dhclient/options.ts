/** The command line of ISC's dhclient 4.4.3 (dhclient(8)). */
import { DHCLIENT_USAGE } from './usage.table.ts';

export interface DhclientOptions {
  verbose: boolean;
  quiet: boolean;
  foreground: boolean;
  /** Gives up after the first round. */
  once: boolean;
  releases: boolean;
  /** In the background before there is a lease. */
  noWait: boolean;
  runsScript: boolean;
  leaseFile: string;
  pidFile: string | null;
  readonly devices: string[];
}

/** Why it does not start: a text to print, after the banner or as it is. */
export type Refusal =
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  /** Told below the banner, with what follows every error. */
  | { readonly kind: 'error'; readonly text: string };

const NOT_MODELLED = [
  '-6',
  '-N',
  '-T',
  '-P',
  '-S',
  '-D',
  '-R',
  '-x',
  '-p',
  '-s',
  '-cf',
  '-df',
  '-e',
  '-i',
  '-I',
  '-B',
  '-w',
  '-n',
];

export function parseDhclient(argv: readonly string[]): DhclientOptions | Refusal {
  const options: DhclientOptions = {
    verbose: false,
    quiet: false,
    foreground: false,
    once: false,
    releases: false,
    noWait: false,
    runsScript: true,
    leaseFile: '/var/lib/dhcp/dhclient.leases',
    pidFile: '/run/dhclient.pid',
    devices: [],
  };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const value = (): string => argv[(at += 1)] ?? '';
    if (word === '--version') return { kind: 'version' };
    if (word === '--help' || word === '-h') return { kind: 'help' };
    if (NOT_MODELLED.includes(word)) return { kind: 'error', text: `the option ${word} is not modelled\n` };
    if (word === '-v') options.verbose = true;
    else if (word === '-q') options.quiet = true;
    else if (word === '-d') {
      options.foreground = true;
      options.verbose = true;
    } else if (word === '-1') options.once = true;
    else if (word === '-r') options.releases = true;
    else if (word === '-nw') options.noWait = true;
    else if (word === '-4') continue;
    else if (word === '--no-pid') options.pidFile = null;
    else if (word === '-lf') options.leaseFile = value();
    else if (word === '-pf') options.pidFile = value();
    else if (word === '-sf') {
      const script = value();
      if (script !== '/bin/true' && script !== '/sbin/dhclient-script')
        return { kind: 'error', text: `the script ${script} is not modelled\n` };
      options.runsScript = script !== '/bin/true';
    } else if (word.startsWith('-'))
      return { kind: 'error', text: `Unknown command: ${word}\n${DHCLIENT_USAGE}` };
    else options.devices.push(word);
  }
  return options;
}
