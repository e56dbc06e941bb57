/** `ethtool` 6.1, as far as virtual devices answer it: settings, driver, statistics, permanent address, channels. */
import { findLink } from '../../linux/device.ts';
import { linkSettings, type Link, type Namespace } from '../../linux/index.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, Output } from '../program.ts';
import { DRIVERS, WITHOUT_SETTINGS } from './driver.table.ts';
import { FEATURE_COLUMNS, FEATURES } from './features.table.ts';

const BAD_ARGUMENTS = 'ethtool: bad command line argument(s)\nFor more information run ethtool -h\n';
const NO_DEVICE = 'netlink error: no device matches name (offset 24)\nnetlink error: No such device\n';
/** How many requests make up the settings. */
const SETTINGS_REQUESTS = 5;
const REFUSED = 'netlink error: Operation not supported\n';
const NO_RULES =
  'Cannot get RX rings: Operation not supported\nrxclass: Cannot get RX class rule count: Operation not supported\nRX classification rule retrieval failed\n';

interface Site {
  readonly net: Namespace;
  readonly output: Output;
}

type Action = (site: Site, name: string, link: Link | undefined) => number;

const rows = (net: Namespace, link: Link): readonly string[] => {
  const { speed, duplex, port } = linkSettings(net.machine, link);
  const isTwistedPair = port === 'twisted-pair';
  return [
    'Supported ports: [  ]',
    'Supported link modes:   Not reported',
    'Supported pause frame use: No',
    'Supports auto-negotiation: No',
    'Supported FEC modes: Not reported',
    'Advertised link modes:  Not reported',
    'Advertised pause frame use: No',
    'Advertised auto-negotiation: No',
    'Advertised FEC modes: Not reported',
    `Speed: ${speed === null ? 'Unknown!' : `${speed}Mb/s`}`,
    `Duplex: ${duplex === 'full' ? 'Full' : 'Unknown! (255)'}`,
    'Auto-negotiation: off',
    `Port: ${isTwistedPair ? 'Twisted Pair' : 'Other'}`,
    'PHYAD: 0',
    'Transceiver: internal',
    ...(isTwistedPair ? ['MDI-X: Unknown'] : []),
  ];
};

const settings: Action = ({ net, output }, name, link) => {
  if (link === undefined) {
    output.err(`${NO_DEVICE.repeat(SETTINGS_REQUESTS)}No data available\n`);
    return 75;
  }
  const lines = WITHOUT_SETTINGS.has(link.kind) ? [] : rows(net, link);
  const messages =
    link.kind === 'tap' || link.kind === 'tun'
      ? '        Current message level: 0x00000000 (0)\n                              \n'
      : '';
  output.out(
    `Settings for ${name}:\n${lines.map((line) => `\t${line}\n`).join('')}${messages}\tLink detected: ${link.up && link.carrier ? 'yes' : 'no'}\n`,
  );
  return 0;
};

const yesOrNo = (value: boolean | undefined): string => (value === true ? 'yes' : 'no');

const driverInformation: Action = ({ output }, _name, link) => {
  const driver = link === undefined ? undefined : DRIVERS[link.kind];
  if (driver === undefined) {
    output.err(
      `Cannot get driver information: ${link === undefined ? 'No such device' : 'Operation not supported'}\n`,
    );
    return 71;
  }
  output.out(
    `driver: ${driver.name}\nversion: ${driver.version}\nfirmware-version: ${driver.firmware ?? ''}\nexpansion-rom-version: \nbus-info: ${driver.bus ?? ''}\nsupports-statistics: ${yesOrNo(driver.statistics)}\nsupports-test: no\nsupports-eeprom-access: no\nsupports-register-dump: no\nsupports-priv-flags: no\n`,
  );
  return 0;
};

const RX_QUEUE = [
  'xdp_packets',
  'xdp_bytes',
  'drops',
  'xdp_redirect',
  'xdp_drops',
  'xdp_tx',
  'xdp_tx_errors',
];

const statistics: Action = ({ output }, _name, link) => {
  if (link === undefined) {
    output.err('Cannot get stats strings information: No such device\n');
    return 96;
  }
  if (link.kind !== 'veth') {
    output.err('no stats available\n');
    return 94;
  }
  const values = [
    ...RX_QUEUE.map((name) => `rx_queue_0_${name}: 0`),
    'tx_queue_0_xdp_xmit: 0',
    'tx_queue_0_xdp_xmit_errors: 0',
  ];
  output.out(
    `NIC statistics:\n     peer_ifindex: ${link.peer?.index ?? 0}\n${values.map((line) => `     ${line}\n`).join('')}`,
  );
  return 0;
};

const permanentAddress: Action = ({ output }, _name, link) => {
  if (link === undefined) {
    output.err(NO_DEVICE);
    return 1;
  }
  output.out('Permanent address: not set\n');
  return 0;
};

const channels: Action = ({ output }, name, link) => {
  if (link === undefined || link.kind !== 'veth') {
    output.err(link === undefined ? NO_DEVICE : REFUSED);
    return 1;
  }
  output.out(
    `Channel parameters for ${name}:\nPre-set maximums:\nRX:\t\t${link.queues}\nTX:\t\t${link.queues}\nOther:\t\tn/a\nCombined:\tn/a\nCurrent hardware settings:\nRX:\t\t1\nTX:\t\t1\nOther:\t\tn/a\nCombined:\tn/a\n`,
  );
  return 0;
};

const stamps: Action = ({ output }, name, link) => {
  if (link === undefined) {
    output.err(NO_DEVICE);
    return 1;
  }
  const transmit = link.kind === 'veth' ? '\tsoftware-transmit\n' : '';
  output.out(
    `Time stamping parameters for ${name}:\nCapabilities:\n${transmit}\tsoftware-receive\n\tsoftware-system-clock\nPTP Hardware Clock: none\nHardware Transmit Timestamp Modes: none\nHardware Receive Filter Modes: none\n`,
  );
  return 0;
};

const STATES: Readonly<Record<string, string>> = { '!': ' [fixed]', '?': ' [requested on]' };

const features: Action = ({ output }, name, link) => {
  if (link === undefined) {
    output.err(NO_DEVICE);
    return 1;
  }
  const column = FEATURE_COLUMNS[link.kind];
  if (column === undefined) {
    output.err(`ethtool: -k of ${DRIVERS[link.kind]?.name ?? link.kind} devices is not modelled\n`);
    return 1;
  }
  const rows = FEATURES.map(([feature, isPart, states]) => {
    const state = states.split(' ')[column] ?? '';
    const value = state.replace(/[!?]$/, (mark) => STATES[mark] ?? '');
    return `${isPart ? '\t' : ''}${feature}: ${value}\n`;
  });
  output.out(`Features for ${name}:\n${rows.join('')}`);
  return 0;
};

/** What no virtual device can do. */
const refused =
  (text: string, status: number): Action =>
  ({ output }, _name, link) => {
    output.err(
      link === undefined && text === REFUSED
        ? NO_DEVICE
        : link === undefined
          ? text.replace('Operation not supported', 'No such device')
          : text,
    );
    return status;
  };

const ACTIONS: readonly (readonly [readonly string[], Action])[] = [
  [['-i', '--driver'], driverInformation],
  [['-S', '--statistics'], statistics],
  [['-P', '--show-permaddr'], permanentAddress],
  [['-k', '--show-features', '--show-offload'], features],
  [['-l', '--show-channels'], channels],
  [['-T', '--show-time-stamping'], stamps],
  [['-a', '--show-pause'], refused(REFUSED, 1)],
  [['-c', '--show-coalesce'], refused(REFUSED, 1)],
  [['-g', '--show-ring'], refused(REFUSED, 1)],
  [['-m', '--dump-module-eeprom', '--module-info'], refused(REFUSED, 1)],
  [['--show-eee'], refused(REFUSED, 1)],
  [['--show-fec'], refused(REFUSED, 1)],
  [['--show-priv-flags'], refused(REFUSED, 1)],
  [['-s', '--change'], refused(REFUSED, 75)],
  [['-G', '--set-ring'], refused(REFUSED, 81)],
  [['-A', '--pause'], refused(REFUSED, 76)],
  [['-C', '--coalesce'], refused(REFUSED, 1)],
  [
    ['-x', '--show-rxfh-indir', '--show-rxfh'],
    refused('Cannot get RX ring count: Operation not supported\n', 1),
  ],
  [['-n', '-u', '--show-nfc', '--show-ntuple'], refused(NO_RULES, 1)],
  [['-w', '--get-dump'], refused('Can not get dump level: Operation not supported\n', 1)],
  [['-p', '--identify'], refused('Cannot identify NIC: Operation not supported\n', 255)],
  [['-r', '--negotiate'], refused('Cannot restart autonegotiation: Operation not supported\n', 255)],
  [['-d', '--register-dump'], refused('Cannot get register dump: Operation not supported\n', 74)],
  [['-e', '--eeprom-dump'], refused('Cannot get EEPROM data: Operation not supported\n', 74)],
  [['-t', '--test'], refused('Cannot test: Operation not supported\n', 74)],
];

/** Options of the real program that are not modelled. */
const NOT_MODELLED: ReadonlySet<string> = new Set([
  '-K',
  '--features',
  '--offload',
  '-h',
  '--help',
  '-N',
  '-U',
  '-X',
  '-L',
  '-W',
  '-f',
  '-E',
]);

/** `ethtool [OPTION] DEVICE`. */
export function ethtool({ argv, output, host, namespace }: Invocation<IpHost>): Exit {
  const net = host.kernel.namespace(namespace);
  const [first, second] = argv.slice(1);
  if (first === '--version') {
    output.out('ethtool version 6.1\n');
    return { status: 0 };
  }
  if (first !== undefined && NOT_MODELLED.has(first)) {
    output.err(`ethtool: ${first} is not modelled\n`);
    return { status: 1 };
  }
  const chosen = ACTIONS.find(([names]) => first !== undefined && names.includes(first));
  const action = chosen?.[1] ?? (first?.startsWith('-') === true ? undefined : settings);
  const name = chosen === undefined ? first : second;
  if (action === undefined || name === undefined) {
    output.err(BAD_ARGUMENTS);
    return { status: 1 };
  }
  return { status: action({ net, output }, name, findLink(net, name)) };
}
