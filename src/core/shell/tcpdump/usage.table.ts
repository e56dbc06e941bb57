/** What `tcpdump -h` and `--version` print (4.99.3 on Debian 12). */
export const TCPDUMP_USAGE = `tcpdump version 4.99.3
libpcap version 1.10.3 (with TPACKET_V3)
OpenSSL 3.0.22 25 Aug 2026
Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
		[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
		[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
		[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
		[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
		[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
		[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
		[ -z postrotate-command ] [ -Z user ] [ expression ]
`;

export const TCPDUMP_VERSION = `tcpdump version 4.99.3
libpcap version 1.10.3 (with TPACKET_V3)
OpenSSL 3.0.22 25 Aug 2026
`;

/** Long options and the letter that they stand for; words stand for themselves. */
export const LONG_OPTIONS: readonly (readonly [name: string, letter: string])[] = [
  ['buffer-size', 'B'],
  ['list-interfaces', 'D'],
  ['help', 'h'],
  ['interface', 'i'],
  ['monitor-mode', 'I'],
  ['time-stamp-type', 'j'],
  ['list-time-stamp-types', 'J'],
  ['micro', 'micro'],
  ['nano', 'nano'],
  ['time-stamp-precision', 'precision'],
  ['dont-verify-checksums', 'K'],
  ['list-data-link-types', 'L'],
  ['no-optimize', 'O'],
  ['no-promiscuous-mode', 'p'],
  ['direction', 'Q'],
  ['snapshot-length', 's'],
  ['absolute-tcp-sequence-numbers', 'S'],
  ['packet-buffered', 'U'],
  ['linktype', 'y'],
  ['immediate-mode', 'immediate'],
  ['relinquish-privileges', 'Z'],
  ['count', 'count'],
  ['number', '#'],
  ['print', 'print'],
  ['version', 'version'],
];

/** What `-T` takes. */
export const PACKET_TYPES = [
  'vat',
  'wb',
  'rpc',
  'rtp',
  'rtcp',
  'snmp',
  'cnfp',
  'tftp',
  'aodv',
  'carp',
  'radius',
  'zmtp1',
  'vxlan',
  'pgm',
  'pgm_zmtp1',
  'lmp',
  'resp',
  'ptp',
  'someip',
  'domain',
];
