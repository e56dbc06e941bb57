/** `show bfd peers` in its forms. */
import type { Json, JsonObject } from './json.ts';

/** One session as bfdd shows it. Intervals in milliseconds, times as seconds since the last change. */
export interface BfdSessionView {
  readonly multihop: boolean;
  readonly peer: string;
  readonly local: string | null;
  readonly vrf: string;
  readonly interface: string | null;
  readonly id: number;
  readonly remoteId: number;
  readonly passive: boolean;
  readonly status: 'up' | 'down' | 'init' | 'shutdown';
  /** Seconds up or down. */
  readonly since: number;
  readonly diagnostic: string;
  readonly remoteDiagnostic: string;
  /** Made by a protocol, not typed in the node bfd. */
  readonly dynamic: boolean;
  readonly detectMultiplier: number;
  readonly receiveInterval: number;
  readonly transmitInterval: number;
  readonly echoReceiveInterval: number;
  /** 0: disabled. */
  readonly echoTransmitInterval: number;
  readonly remoteDetectMultiplier: number;
  readonly remoteReceiveInterval: number;
  readonly remoteTransmitInterval: number;
  readonly remoteEchoReceiveInterval: number;
  readonly minimumTtl: number;
  readonly controlInput: number;
  readonly controlOutput: number;
  readonly upEvents: number;
  readonly downEvents: number;
  readonly zebraNotifications: number;
}

const label = (one: BfdSessionView): string =>
  [
    `peer ${one.peer}`,
    ...(one.multihop ? ['multihop'] : []),
    ...(one.local === null ? [] : [`local-address ${one.local}`]),
    ...(one.vrf === '' ? [] : [`vrf ${one.vrf}`]),
    ...(one.interface === null ? [] : [`interface ${one.interface}`]),
  ].join(' ');

const echo = (milliseconds: number): string => (milliseconds === 0 ? 'disabled' : `${milliseconds}ms`);

function sessionText(one: BfdSessionView): string {
  const lines = [
    `\t${label(one)}`,
    `\t\tID: ${one.id}`,
    `\t\tRemote ID: ${one.remoteId}`,
    `\t\t${one.passive ? 'Passive' : 'Active'} mode`,
    ...(one.multihop ? [`\t\tMinimum TTL: ${one.minimumTtl}`] : []),
    `\t\tStatus: ${one.status}`,
    ...(one.status === 'up'
      ? [`\t\tUptime: ${span(one.since)}`]
      : one.status === 'down'
        ? [`\t\tDowntime: ${span(one.since)}`]
        : []),
    `\t\tDiagnostics: ${one.diagnostic}`,
    `\t\tRemote diagnostics: ${one.remoteDiagnostic}`,
    `\t\tPeer Type: ${one.dynamic ? 'dynamic' : 'configured'}`,
    '\t\tRTT min/avg/max: 0/0/0 usec',
    '\t\tLocal timers:',
    `\t\t\tDetect-multiplier: ${one.detectMultiplier}`,
    `\t\t\tReceive interval: ${one.receiveInterval}ms`,
    `\t\t\tTransmission interval: ${one.transmitInterval}ms`,
    `\t\t\tEcho receive interval: ${echo(one.echoReceiveInterval)}`,
    `\t\t\tEcho transmission interval: ${echo(one.echoTransmitInterval)}`,
    '\t\tRemote timers:',
    `\t\t\tDetect-multiplier: ${one.remoteDetectMultiplier}`,
    `\t\t\tReceive interval: ${one.remoteReceiveInterval}ms`,
    `\t\t\tTransmission interval: ${one.remoteTransmitInterval}ms`,
    `\t\t\tEcho receive interval: ${echo(one.remoteEchoReceiveInterval)}`,
  ];
  return `${lines.join('\n')}\n\n`;
}

/** `18 second(s)`, `2 minute(s), 3 second(s)`, with hours and days before them. */
function span(seconds: number): string {
  const parts: string[] = [];
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) parts.push(`${days} day(s)`);
  if (hours > 0) parts.push(`${hours} hour(s)`);
  if (minutes > 0) parts.push(`${minutes} minute(s)`);
  parts.push(`${seconds % 60} second(s)`);
  return parts.join(', ');
}

export const bfdPeers = (sessions: readonly BfdSessionView[]): string =>
  `BFD Peers:\n${sessions.map(sessionText).join('')}`;

export const bfdPeer = (session: BfdSessionView): string => `BFD Peer:\n${sessionText(session)}`;

/** The brief form has a word of its own for what was shut down. */
const BRIEF = { up: 'up', down: 'down', init: 'init', shutdown: 'admin-down' } as const;

/** `count`: of all VRFs, whichever was asked for. */
export function bfdBrief(sessions: readonly BfdSessionView[], count: number): string {
  const row = (id: string, local: string, peer: string, status: string): string =>
    `${id.padEnd(10)} ${local.padEnd(40)} ${peer.padEnd(40)}${status.padEnd(15)}\n`;
  return [
    `Session count: ${count}\n`,
    row('SessionId', 'LocalAddress', 'PeerAddress', 'Status'),
    row('=========', '============', '===========', '======'),
    ...sessions.map((one) =>
      row(
        String(one.id),
        one.local ?? (one.peer.includes(':') ? '::' : '0.0.0.0'),
        one.peer,
        BRIEF[one.status],
      ),
    ),
  ].join('');
}

const countersText = (one: BfdSessionView): string =>
  [
    `\t${label(one)}\n`,
    `\t\tControl packet input: ${one.controlInput} packets\n`,
    `\t\tControl packet output: ${one.controlOutput} packets\n`,
    '\t\tEcho packet input: 0 packets\n',
    '\t\tEcho packet output: 0 packets\n',
    `\t\tSession up events: ${one.upEvents}\n`,
    `\t\tSession down events: ${one.downEvents}\n`,
    `\t\tZebra notifications: ${one.zebraNotifications}\n\n`,
  ].join('');

export const bfdCounters = (sessions: readonly BfdSessionView[]): string =>
  `BFD Peers:\n${sessions.map(countersText).join('')}`;

/** Of one session: without a title, unlike its state. */
export const bfdPeerCounters = countersText;

const identity = (one: BfdSessionView): JsonObject => ({
  multihop: one.multihop,
  peer: one.peer,
  local: one.local ?? undefined,
  vrf: one.vrf,
  interface: one.interface ?? undefined,
});

export const bfdPeerJson = (one: BfdSessionView): JsonObject => ({
  ...identity(one),
  id: one.id,
  'remote-id': one.remoteId,
  'passive-mode': one.passive,
  'minimum-ttl': one.multihop ? one.minimumTtl : undefined,
  status: one.status,
  uptime: one.status === 'up' ? one.since : undefined,
  downtime: one.status === 'down' ? one.since : undefined,
  diagnostic: one.diagnostic,
  'remote-diagnostic': one.remoteDiagnostic,
  'receive-interval': one.receiveInterval,
  'transmit-interval': one.transmitInterval,
  'echo-receive-interval': one.echoReceiveInterval,
  'echo-transmit-interval': one.echoTransmitInterval,
  'detect-multiplier': one.detectMultiplier,
  'remote-receive-interval': one.remoteReceiveInterval,
  'remote-transmit-interval': one.remoteTransmitInterval,
  'remote-echo-receive-interval': one.remoteEchoReceiveInterval,
  'remote-detect-multiplier': one.remoteDetectMultiplier,
  'rtt-min': 0,
  'rtt-avg': 0,
  'rtt-max': 0,
});

export const bfdPeersJson = (sessions: readonly BfdSessionView[]): Json => sessions.map(bfdPeerJson);

export const bfdPeerCountersJson = (one: BfdSessionView): JsonObject => ({
  ...identity(one),
  'control-packet-input': one.controlInput,
  'control-packet-output': one.controlOutput,
  'echo-packet-input': 0,
  'echo-packet-output': 0,
  'session-up': one.upEvents,
  'session-down': one.downEvents,
  'zebra-notifications': one.zebraNotifications,
});

export const bfdCountersJson = (sessions: readonly BfdSessionView[]): Json =>
  sessions.map(bfdPeerCountersJson);
