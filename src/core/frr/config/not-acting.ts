/**
 * Lines of bgpd and bfdd that are read, checked, kept and written back, but that no daemon here acts on. Whoever types one is
 * told so by name, and what is shown and saved stays what the real program has.
 */
import type { BgpFamilyOptions, BgpOptions, PeerFamilyOptions, PeerOptions } from './bgp-config.ts';
import type { ConfigChange } from './frr-config.ts';
import type { BfdTimers } from './host-config.ts';

const INSTANCE: ReadonlySet<keyof BgpOptions> = new Set<keyof BgpOptions>([
  'defaultSubgroupPktQueueMax',
  'readQuanta',
  'writeQuanta',
  'bestpathBandwidth',
  'conditionalAdvertisementTimer',
  'fastConvergence',
  'gracefulRestartRibStaleTime',
  'gracefulRestartSelectDeferTime',
  'suppressFibPending',
  'updateDelay',
]);

const FAMILY: ReadonlySet<keyof BgpFamilyOptions> = new Set<keyof BgpFamilyOptions>([
  'advertiseDefaultGw',
  'advertiseSviIp',
  'labelVpnExport',
]);

const PEER: ReadonlySet<keyof PeerOptions> = new Set<keyof PeerOptions>(['delayOpen']);

const PEER_FAMILY: ReadonlySet<keyof PeerFamilyOptions> = new Set<keyof PeerFamilyOptions>([
  'addpathTxAll',
  'addpathTxBestPerAs',
]);

/** Echo packets are not sent. */
const ECHO: ReadonlySet<keyof BfdTimers> = new Set<keyof BfdTimers>(['echoMode', 'echoTransmitInterval']);

/** Of the others nothing is logged. */
const DEBUGS_WITH_LINES: ReadonlySet<string> = new Set([
  'debug bgp keepalives',
  'debug bgp neighbor-events',
  'debug bgp updates in',
  'debug bgp updates out',
  'debug bgp zebra',
]);

/** Nothing follows from the change but another line in the configuration. */
export function isWithoutEffect(change: ConfigChange): boolean {
  switch (change.kind) {
    case 'bgp-option':
      return INSTANCE.has(change.option);
    case 'bgp-family':
      return FAMILY.has(change.option);
    case 'peer-option':
      return PEER.has(change.option);
    case 'peer-family':
      // Routes of VPNs leak inside this router, and those of neighbours are passed on; the two do not meet.
      if (change.option === 'activate') return change.family === 'ipv4-vpn' || change.family === 'ipv6-vpn';
      return PEER_FAMILY.has(change.option);
    case 'bfd-peer':
    case 'bfd-profile':
      return change.option !== undefined && ECHO.has(change.option);
    case 'global':
      return change.key.startsWith('debug ') && !DEBUGS_WITH_LINES.has(change.key.slice('debug '.length));
    default:
      return false;
  }
}
