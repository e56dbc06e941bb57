/** `show vrf`, `show version` and `show logging`. */
import type { ShowContext } from './context.ts';

/** VRFs that are there, and those that only the configuration names. */
export function vrfsText(context: ShowContext): string {
  const configured = context.config.vrfs;
  const known = context.zebra.vrfs().filter((vrf) => vrf.name !== 'default');
  const absent = [...configured.keys()].filter((name) => !known.some((vrf) => vrf.name === name));
  const lines = [
    ...known.map((vrf): [string, string] => [
      vrf.name,
      `id ${vrf.id} ${vrf.namespace === null ? `table ${vrf.table}` : `netns ${vrf.namespace}`}`,
    ]),
    ...absent.map((name): [string, string] => [name, 'inactive']),
  ];
  lines.sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    context.zebra.host.usesVrfNamespaces ? 'netns-based vrfs\n' : '',
    ...lines.map(([name, state]) => `vrf ${name} ${state}${configured.has(name) ? ' (configured)' : ''}\n`),
  ].join('');
}

/** The kernel that FRR finds itself on: Debian 12's, as its packages are. */
export const KERNEL_RELEASE = '6.1.0-37-amd64';

/** How Debian built it (`debian/rules`), which the program repeats. */
const BUILD = [
  '--build=x86_64-linux-gnu',
  '--prefix=/usr',
  '--includedir=${prefix}/include',
  '--mandir=${prefix}/share/man',
  '--infodir=${prefix}/share/info',
  '--sysconfdir=/etc',
  '--localstatedir=/var',
  '--disable-option-checking',
  '--disable-silent-rules',
  '--libdir=${prefix}/lib/x86_64-linux-gnu',
  '--libexecdir=${prefix}/lib/x86_64-linux-gnu',
  '--disable-maintainer-mode',
  '--localstatedir=/var/run/frr',
  '--sbindir=/usr/lib/frr',
  '--sysconfdir=/etc/frr',
  '--with-vtysh-pager=/usr/bin/pager',
  '--libdir=/usr/lib/x86_64-linux-gnu/frr',
  '--with-moduledir=/usr/lib/x86_64-linux-gnu/frr/modules',
  '--disable-dependency-tracking',
  '--enable-rpki',
  '--disable-scripting',
  '--disable-pim6d',
  '--with-libpam',
  '--enable-doc',
  '--enable-doc-html',
  '--enable-snmp',
  '--enable-fpm',
  '--disable-protobuf',
  '--disable-zeromq',
  '--enable-ospfapi',
  '--enable-bgp-vnc',
  '--enable-multipath=256',
  '--enable-user=frr',
  '--enable-group=frr',
  '--enable-vty-group=frrvty',
  '--enable-configfile-mask=0640',
  '--enable-logfile-mask=0640',
  'build_alias=x86_64-linux-gnu',
  'PYTHON=python3',
];

export const versionText = (hostname: string): string =>
  `FRRouting 8.4.4 (${hostname}) on Linux(${KERNEL_RELEASE}).
Copyright 1996-2005 Kunihiro Ishiguro, et al.
configured with:
    ${BUILD.map((one) => `'${one}'`).join(' ')}
`;

/** The daemons' own names in their logs. */
const LOG_NAMES: Readonly<Record<string, string>> = {
  zebra: 'ZEBRA',
  bgpd: 'BGP',
  watchfrr: 'WATCHFRR',
  staticd: 'STATIC',
  bfdd: 'BFD',
};

/** Where each daemon logs to, as the configuration has it. */
export function loggingText({ config, daemons }: ShowContext): string {
  const line = (target: string): readonly string[] | undefined =>
    config.globals.get(`top log ${target}`)?.split(' ').slice(2);
  const [syslog, stdout, file] = [line('syslog'), line('stdout'), line('file')];
  const precision = config.globals.get('top log timestamp precision')?.split(' ').at(-1) ?? '0';
  const levelOf = (words: readonly string[], at: number): string => words[at] ?? 'debugging';
  return daemons()
    .filter((daemon) => daemon !== 'watchfrr')
    .map((daemon) =>
      [
        `Logging configuration for ${daemon}:\n`,
        `Syslog logging: ${syslog ? `level ${levelOf(syslog, 0)}, facility daemon, ident ${daemon}` : 'disabled'}\n`,
        `Stdout logging: ${stdout ? `level ${levelOf(stdout, 0)}` : 'disabled'}\n`,
        `File logging: ${file ? `level ${levelOf(file, 1)}, filename ${file[0] ?? ''}` : 'disabled'}\n`,
        `Protocol name: ${LOG_NAMES[daemon] ?? ''}\n`,
        'Record priority: disabled\n',
        `Timestamp precision: ${precision}\n`,
        '\n',
      ].join(''),
    )
    .join('');
}
