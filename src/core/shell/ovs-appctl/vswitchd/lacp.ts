/** `lacp/show` and `lacp/show-stats`: what members and their partners say of themselves, and what was counted. */
import { formatMac } from '../../../base/address.ts';
import { err, ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { Lacp, LacpMember } from '../../../ofproto/lacp/lacp.ts';
import { LACP_STATE, type LacpParty } from '../../../wire/layer/lacp.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

const STATE_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [LACP_STATE.activity, 'activity'],
  [LACP_STATE.timeout, 'timeout'],
  [LACP_STATE.aggregation, 'aggregation'],
  [LACP_STATE.synchronization, 'synchronized'],
  [LACP_STATE.collecting, 'collecting'],
  [LACP_STATE.distributing, 'distributing'],
  [LACP_STATE.defaulted, 'defaulted'],
  [LACP_STATE.expired, 'expired'],
];

function partyText(who: 'actor' | 'partner', party: LacpParty): string {
  const states = STATE_NAMES.filter(([bit]) => (party.state & bit) !== 0).map(([, name]) => ` ${name}`);
  return [
    `  ${who} sys_id: ${formatMac(party.system)}`,
    `  ${who} sys_priority: ${party.systemPriority}`,
    `  ${who} port_id: ${party.port}`,
    `  ${who} port_priority: ${party.portPriority}`,
    `  ${who} key: ${party.key}`,
    `  ${who} state:${states.join('')}\n`,
  ].join('\n');
}

const memberText = (lacp: Lacp, member: LacpMember): string =>
  [
    `\nmember: ${member.port.name}: ${member.status} ${member.attached ? 'attached' : 'detached'}`,
    `  port_id: ${member.settings.portId}`,
    `  port_priority: ${member.settings.priority}`,
    `  may_enable: ${String(lacp.isReady(member))}\n`,
    partyText('actor', lacp.actorOf(member)),
    partyText('partner', member.partner),
  ].join('\n');

const membersOf = (lacp: Lacp): readonly LacpMember[] =>
  [...lacp.members.values()].toSorted((a, b) => (a.port.name < b.port.name ? -1 : 1));

function details(lacp: Lacp): string {
  const { active, systemId, systemPriority, fast } = lacp.settings;
  return [
    `---- ${lacp.name} ----`,
    `  status: ${active ? 'active' : 'passive'}${lacp.negotiated ? ' negotiated' : ''}`,
    `  sys_id: ${formatMac(systemId)}`,
    `  sys_priority: ${systemPriority}`,
    `  aggregation key: ${lacp.key ?? 'none'}`,
    `  lacp_time: ${fast ? 'fast' : 'slow'}`,
    membersOf(lacp)
      .map((member) => memberText(lacp, member))
      .join(''),
  ].join('\n');
}

function statistics(lacp: Lacp): string {
  const members = membersOf(lacp).map(({ port, counts }) =>
    [
      `\nmember: ${port.name}:`,
      `  TX PDUs: ${counts.sent}`,
      `  RX PDUs: ${counts.received}`,
      `  RX Bad PDUs: ${counts.bad}`,
      `  RX Marker Request PDUs: ${counts.markers}`,
      `  Link Expired: ${counts.expired}`,
      `  Link Defaulted: ${counts.defaulted}`,
      `  Carrier Status Changed: ${counts.carrierChanged}\n`,
    ].join('\n'),
  );
  return `---- ${lacp.name} statistics ----\n${members.join('')}`;
}

/** Tells of one port's LACP, or of all in the order in which they came up. */
function tell({ lacps }: Datapath, name: string | undefined, text: (lacp: Lacp) => string): Reply {
  const wanted = [...lacps].filter((lacp) => name === undefined || lacp.name === name);
  if (name !== undefined && wanted.length === 0) return err('no such lacp object');
  return ok(wanted.map(text).join(''));
}

const command = (name: string, text: (lacp: Lacp) => string): DaemonCommand<Datapath> => ({
  name,
  usage: '[port]',
  least: 0,
  most: 1,
  run: (datapath, [port]) => tell(datapath, port, text),
});

export const LACP_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  command('lacp/show', details),
  command('lacp/show-stats', statistics),
];
