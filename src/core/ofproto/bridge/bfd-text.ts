/** What `Interface.bfd_status` and `ovs-appctl bfd/show` say of a session. */
import { BFD_DIAGNOSTICS } from '../../wire/index.ts';
import { BFD_FLAG, type BfdSession, type BfdState } from './bfd.ts';

const STATES: Readonly<Record<BfdState, string>> = {
  AdminDown: 'admin_down',
  Down: 'down',
  Init: 'init',
  Up: 'up',
};

const diagnosticText = (number: number): string => BFD_DIAGNOSTICS[number] ?? 'Invalid Diagnostic';

const FLAGS = [
  [BFD_FLAG.multipoint, 'multipoint'],
  [0x02, 'demand'],
  [BFD_FLAG.authentication, 'auth'],
  [0x08, 'ctl'],
  [BFD_FLAG.final, 'final'],
  [BFD_FLAG.poll, 'poll'],
] as const;

function flagsText(flags: number): string {
  const names = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? 'none' : names.join(' ');
}

/** The column as the database holds it. */
export function bfdStatus(session: BfdSession): ReadonlyMap<string, string> {
  return new Map([
    ['diagnostic', diagnosticText(session.diagnostic)],
    ['flap_count', String(session.flapCount)],
    ['forwarding', String(session.forwarding)],
    ['remote_diagnostic', diagnosticText(session.remoteDiagnostic)],
    ['remote_state', STATES[session.remoteState]],
    ['state', STATES[session.state]],
  ]);
}

/** The lines that `bfd/show NAME` prints. */
export function bfdDetails(session: BfdSession): string {
  const { now } = session;
  const from = (time: number): string => `now ${time - now < 0 ? '' : '+'}${time - now}ms`;
  return [
    `  Forwarding: ${session.forwarding}`,
    `  Detect Multiplier: ${session.multiplier}`,
    `  Concatenated Path Down: ${session.pathIsDown}`,
    `  TX Interval: Approx ${session.txInterval}ms`,
    `  RX Interval: Approx ${session.rxInterval}ms`,
    `  Detect Time: ${from(session.detectTime)}`,
    `  Next TX Time: ${from(session.nextTx)}`,
    `  Last TX Time: ${from(session.lastTx)}`,
    '',
    `  Local Flags: ${flagsText(session.flags)}`,
    `  Local Session State: ${STATES[session.state]}`,
    `  Local Diagnostic: ${diagnosticText(session.diagnostic)}`,
    `  Local Discriminator: 0x${session.discriminator.toString(16)}`,
    `  Local Minimum TX Interval: ${session.localMinTx}ms`,
    `  Local Minimum RX Interval: ${session.minRx}ms`,
    '',
    `  Remote Flags: ${flagsText(session.remoteFlags)}`,
    `  Remote Session State: ${STATES[session.remoteState]}`,
    `  Remote Diagnostic: ${diagnosticText(session.remoteDiagnostic)}`,
    `  Remote Discriminator: 0x${session.remoteDiscriminator.toString(16)}`,
    `  Remote Minimum TX Interval: ${session.remoteMinTx}ms`,
    `  Remote Minimum RX Interval: ${session.remoteMinRx}ms`,
    `  Remote Detect Multiplier: ${session.remoteMultiplier}`,
    '',
  ].join('\n');
}
