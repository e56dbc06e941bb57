/** Chassis of other availability zones (`other_config:is-remote`): table 84 floods to them, table 0 takes their answers. */
import { FIELDS, registerField, type Field } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { flag, FLAG_BIT, REGISTER } from '../logical-registers.table.ts';
import { load, loadRegister, matchFlags, matchOf, move, output, resubmit } from './flow-builder.ts';
import type { PhysicalContext } from './physical-context.ts';
import { decapsulate, tunnelTo, type ChassisTunnel } from './tunnel.ts';

type Term = readonly [Field, number, number?];

const ANSWERS: readonly (readonly Term[])[] = [
  [
    [FIELDS.eth_type, 0x806],
    [FIELDS.arp_op, 2],
  ],
  [
    [FIELDS.eth_type, 0x86dd],
    [FIELDS.nw_proto, 58],
    [FIELDS.icmpv6_type, 136],
    [FIELDS.icmpv6_code, 0],
  ],
];

/** The datapath without an output port: each chassis there looks for itself. */
function encapsulateFlood(type: ChassisTunnel['type']): OfpAct[] {
  const inport = registerField(REGISTER.inport);
  if (type === 'vxlan')
    return [move(inport, 0, FIELDS.tun_id, 12, 12), move(FIELDS.metadata, 0, FIELDS.tun_id, 0, 12)];
  return [
    move(FIELDS.metadata, 0, FIELDS.tun_id, 0, 24),
    load(FIELDS.tun_metadata0, 0, 0, 32),
    move(inport, 0, FIELDS.tun_metadata0, 16, 15),
  ];
}

function addAnswers(context: PhysicalContext, tunnel: ChassisTunnel): void {
  const acts = [
    loadRegister(REGISTER.flags, 1, FLAG_BIT.receivedFromTunnel, 1),
    ...decapsulate(tunnel),
    resubmit(OFTABLE.ingress),
    // VXLAN does not say where it came in: the output port may be set after all.
    ...(tunnel.type === 'vxlan' ? [resubmit(OFTABLE.localOutput)] : []),
  ];
  const [chassis] = context.sb.find('Chassis', 'name', tunnel.chassis);
  for (const answer of ANSWERS) {
    const match = matchOf(
      [FIELDS.in_port, tunnel.ofport],
      ...answer,
      ...(tunnel.type === 'geneve' ? ([[FIELDS.tun_metadata0, 0, 0xffff]] as const) : []),
    );
    context.sink.add(OFTABLE.phyToLog, 120, match, acts, chassis?._uuid);
  }
}

export function addRemoteChassis(context: PhysicalContext): void {
  const remote = [...context.sb.rows('Chassis')].filter(
    (row) => row.other_config.get('is-remote') === 'true',
  );
  const acts: OfpAct[] = [];
  let type: string | undefined;
  for (const { name } of remote) {
    const tunnel = tunnelTo(context.tunnels, name);
    if (!tunnel) continue;
    if (tunnel.type !== type) acts.push(...encapsulateFlood(tunnel.type));
    type = tunnel.type;
    acts.push(output(tunnel.ofport));
  }
  const received = flag('receivedFromTunnel');
  if (acts.length > 0)
    context.sink.add(OFTABLE.floodRemoteChassis, 100, matchOf(matchFlags(0, received)), acts);
  const names = new Set(remote.map((row) => row.name));
  for (const tunnel of context.tunnels) if (names.has(tunnel.chassis)) addAnswers(context, tunnel);
}
