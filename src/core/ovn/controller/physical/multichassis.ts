/**
 * Ports that are on several chassis at once while a guest migrates: on a switch with a provider network, what they send
 * is tunnelled all the same, and what does not fit into the tunnel is answered with an ICMP error.
 */
import { InvariantError } from '../../../base/assert.ts';
import { FIELDS, registerField } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { encodeActions, OctetWriter, OPCODE, parseActions, PIPELINE_LENGTH } from '../../actions/index.ts';
import { actOctets } from '../../actions/openflow/act-octets.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { logicalSymbols } from '../../expr/index.ts';
import { isVif } from '../binding.ts';
import { REGISTER } from '../logical-registers.table.ts';
import { portsOf } from '../southbound-index.ts';
import {
  forgetInPort,
  loadRegister,
  matchDatapath,
  matchInport,
  matchOf,
  matchOutport,
  output,
  resubmit,
} from './flow-builder.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';
import { tunnelsTo } from './remote-port.ts';
import { encapsulate, type ChassisTunnel } from './tunnel.ts';

/** Octets of the headers around a frame: Ethernet, UDP and the tunnel's own, without IP. */
const OVERHEAD = { geneve: 38, vxlan: 30 } as const;
const ETHERNET = 18;
/** Bit of reg9 for a packet that is too large. */
const TOO_LARGE_BIT = 1;

const REPLY = {
  4: { ip: 'ip4', icmp: 'icmp4', type: 3, code: 4, ethertype: 0x800 },
  6: { ip: 'ip6', icmp: 'icmp6', type: 2, code: 0, ethertype: 0x86dd },
} as const;

/** The largest packet that fits every tunnel; undefined when the port's device is not known here. */
function roomIn(
  context: PhysicalContext,
  name: string,
  tunnels: readonly ChassisTunnel[],
): number | undefined {
  const mtu = context.mtus.get(name);
  if (mtu === undefined || tunnels.length === 0) return undefined;
  const overheads = tunnels.map(({ type, remoteIp }) => OVERHEAD[type] + (remoteIp.includes(':') ? 40 : 20));
  return mtu - Math.max(...overheads);
}

/** Logical actions that name no port, as OpenFlow. */
function encode(port: PhysicalPort, text: string): readonly OfpAct[] {
  const parsed = parseActions(text, logicalSymbols(), {
    pipeline: 'ingress',
    tableCount: PIPELINE_LENGTH.ingress,
    table: 0,
    dhcpOptions: () => undefined,
    dhcpv6Options: () => undefined,
  });
  if (!parsed.ok) throw new InvariantError(parsed.error);
  return encodeActions(parsed.value.actions, {
    portNumber: () => undefined,
    isLocalPort: () => false,
    tunnelPort: () => undefined,
    isSwitch: true,
    groups: { assign: () => undefined },
    meters: { assign: () => undefined },
    hasCollectorSet: () => false,
    lflow: port.row._uuid,
    datapathKey: port.datapathKey,
    explicitArpNsOutput: true,
    requestsPause: true,
    neighbourRegister6: FIELDS.xxreg1,
    registerConsolidation: true,
    pipeline: 'ingress',
    firstTables: OFTABLE,
    outputTable: OFTABLE.outputLargePacketDetect,
    controllerMeter: 0,
    commonNatZone: registerField(REGISTER.dnatZone),
    features: { meters: true, zeroSnat: true, hashL4Symmetric: true },
  });
}

/** The ICMP error, sent back into the pipeline by ovn-controller. */
function tooLargeReply(port: PhysicalPort, family: 4 | 6, mtu: number): OfpAct {
  const { ip, icmp, type, code } = REPLY[family];
  const turn = `flags.loopback = 1; outport <-> inport; eth.src <-> eth.dst; ${ip}.src <-> ${ip}.dst;`;
  const say = `${icmp}.type = ${type}; ${icmp}.code = ${code}; ${icmp}.frag_mtu = ${mtu - ETHERNET};`;
  const acts: OfpAct[] = [
    loadRegister(9, 0, TOO_LARGE_BIT, 1),
    ...encode(port, turn),
    { kind: 'mod_nw_ttl', value: 255 },
    ...encode(port, `${say} next(pipeline=ingress, table=0);`),
  ];
  const userdata = new OctetWriter().u32(OPCODE.icmp).zeros(4).put(actOctets(acts)).octets();
  return {
    kind: 'controller',
    maxLen: 0xffff,
    controllerId: 0,
    reason: 'action',
    pause: true,
    userdata,
    meter: 0,
  };
}

function addTooLarge(
  context: PhysicalContext,
  port: PhysicalPort,
  moving: SbRow<'Port_Binding'>,
  mtu: number,
): void {
  const add = (
    table: number,
    family: 4 | 6,
    register: number,
    flags: readonly (readonly [number, number])[],
    acts: readonly OfpAct[],
  ): void => {
    const match = matchOf(
      [FIELDS.eth_type, REPLY[family].ethertype],
      matchDatapath(port.datapathKey),
      [registerField(register), moving.tunnel_key],
      ...flags.map(([value, mask]) => [registerField(9), value, mask] as const),
    );
    context.sink.add(table, 100, match, acts, port.row._uuid);
  };
  const check: OfpAct = {
    kind: 'check_pkt_larger',
    size: mtu,
    destination: { field: registerField(9), offset: TOO_LARGE_BIT, length: 1 },
  };
  const large = 1 << TOO_LARGE_BIT;
  for (const family of [4, 6] as const)
    for (const register of [REGISTER.inport, REGISTER.outport]) {
      add(
        OFTABLE.outputLargePacketDetect,
        family,
        register,
        [],
        [check, resubmit(OFTABLE.outputLargePacketProcess)],
      );
      add(
        OFTABLE.outputLargePacketProcess,
        family,
        register,
        [[large, large]],
        [tooLargeReply(port, family, mtu)],
      );
    }
}

/** Frames from each port of the switch that is on several chassis to `port`, which is not here. */
export function addEnforcedTunnels(context: PhysicalContext, port: PhysicalPort): void {
  const tunnels = tunnelsTo(context, port);
  if (tunnels.length === 0) return;
  const vtep = port.row.type === 'vtep';
  for (const moving of portsOf(context.sb, port.row.datapath)) {
    if (!isVif(moving) || moving.additional_chassis.length === 0) continue;
    const match = matchOf(
      matchOutport(port.portKey),
      matchDatapath(port.datapathKey),
      matchInport(moving.tunnel_key),
    );
    const acts: OfpAct[] = vtep ? [forgetInPort] : [];
    for (const tunnel of tunnels)
      acts.push(...encapsulate(tunnel.type, port.datapathKey, port.portKey, vtep), output(tunnel.ofport));
    context.sink.add(OFTABLE.remoteOutput, 110, match, acts, port.row._uuid);
    const room = roomIn(context, moving.logical_port, tunnels);
    if (room !== undefined) addTooLarge(context, port, moving, room);
  }
}
