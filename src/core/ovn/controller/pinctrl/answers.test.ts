import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Context } from '../../../base/context.ts';
import { present } from '../../../base/assert.ts';
import { fromHex, toHex } from '../../../base/bytes.ts';
import { createRandom } from '../../../base/random.ts';
import type { Step } from '../../../base/step.ts';
import { copyFlow, createFlow, setField } from '../../../flow/flow.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { formatActions } from '../../../ofproto/actions/act-list.ts';
import type { Continuation, PacketIn } from '../../../ofproto/receive.ts';
import { OctetWriter, OPCODE, type Opcode } from '../../actions/index.ts';
import { ANSWERS } from './answers.table.ts';
import { ControllerLog } from '../controller-log.ts';
import { Pinctrl } from './pinctrl.ts';

const GOLDEN = new URL('../../../../../golden/ovn-controller/router-and-servers.json', import.meta.url);
const FRAMES = (
  JSON.parse(readFileSync(GOLDEN, 'utf8')) as { readonly packets: readonly { readonly frame: string }[] }
).packets.map(({ frame }) => present(fromHex(frame)));

/** A switch that keeps what it is given. */
class Bench {
  readonly sent: string[] = [];
  readonly resumed: { readonly octets: Uint8Array; readonly result: bigint }[] = [];
  readonly steps: Omit<Step, 'id' | 'time'>[] = [];
  readonly log: ControllerLog;
  readonly pinctrl: Pinctrl;

  constructor(seed = 1) {
    const context: Context = {
      clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
      random: createRandom(seed),
      recorder: { active: true, record: (step) => this.steps.push(step) - 1 },
    };
    this.log = new ControllerLog(context.clock);
    this.pinctrl = new Pinctrl({
      context,
      host: 'hv1',
      log: this.log,
      connection: {
        packetOut: (octets, actions) => this.sent.push(`${toHex(octets)} ${formatActions(actions)}`),
        flowStatistics: () => [],
        resume: (_continuation, octets, metadata) =>
          this.resumed.push({ octets, result: BigInt(metadata[86 + 10] as number) }),
      },
      wake: () => undefined,
    });
  }

  /** As if a flow with `controller(userdata=OPCODE BODY)` had sent it. */
  give(opcode: Opcode, octets: Uint8Array, body: Uint8Array = new Uint8Array(0)): void {
    const metadata = createFlow();
    setField(metadata, FIELDS.metadata, 5n);
    setField(metadata, FIELDS.reg14, 2n);
    const packetIn: PacketIn = {
      octets,
      reason: 'action',
      controllerId: 0,
      userdata: new OctetWriter().u32(OPCODE[opcode]).zeros(4).put(body).octets(),
      table: 10,
      cookie: 0n,
      metadata: copyFlow(metadata),
      continuation: {} as Continuation,
    };
    this.pinctrl.receive(packetIn, null);
  }

  get drops(): readonly string[] {
    return this.steps.flatMap(({ what }) => (what.kind === 'dropped' ? [JSON.stringify(what.reason)] : []));
  }
}

const opcodes = Object.keys(OPCODE) as Opcode[];

it('has an answer for every operation', () => {
  expect(Object.keys(ANSWERS).toSorted()).toEqual(opcodes.toSorted());
});

it('split_buf_action: the packet goes on as it is, at the part, port and table that it is told', () => {
  const bench = new Bench();
  const frame = present(FRAMES[0]);
  bench.give('split_buf_action', frame, new OctetWriter().u32(7).u32(9).u8(46).octets());
  const [out = ''] = bench.sent;
  expect(out.startsWith(`${toHex(frame)} `)).toBe(true);
  expect(out).toMatch(/set_field:0x7->reg6,set_field:0x9->reg15,resubmit\(CONTROLLER,46\)$/);
  bench.give('split_buf_action', frame, new OctetWriter().u32(7).octets());
  expect(bench.log.lines.at(-1)).toContain('missing outport tunnel_key field');
});

it.each(opcodes)('%s: damaged packets and userdata are refused, never thrown', (opcode) => {
  const random = createRandom(7);
  const bench = new Bench();
  const noise = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => random.below(256));
  for (const frame of FRAMES)
    for (let i = 0; i < 12; i += 1) {
      const octets = frame.slice(0, 1 + random.below(frame.length));
      if (random.below(2) === 0) octets[random.below(octets.length)] = random.below(256);
      const body = random.below(3) === 0 ? RESULT_BIT : noise(random.below(40));
      expect(() => bench.give(opcode, octets, body)).not.toThrow();
    }
});

/** reg10, bit 3: where the flow wants the result. */
const RESULT_BIT = new OctetWriter().u32(0x0001_1404).u32(3).octets();

it.each([
  ['put_dhcp_opts', '', 'offset or offer_ip not present in the userdata'],
  ['put_dhcp_opts', '0a000004', 'DHCP options not present in the userdata'],
  ['put_dhcp_opts', '0a0000040104ffffff00', 'DHCP: Invalid or incomplete DHCP packet received'],
  ['put_dhcpv6_opts', '', 'DHCPv6 options not present in the userdata'],
  ['put_dhcpv6_opts', '00020006020000000001', 'truncated dhcpv6 packet'],
  ['put_nd_ra_opts', '', 'IPv6 ND RA options not present in the userdata'],
  ['put_nd_ra_opts', '8600', 'put_nd_ra action on invalid or unsupported packet'],
  ['dhcp_relay_req_chk', '', 'DHCP_RELAY_REQ_CHK: relay ip or server ip not present in the userdata'],
] as const)('%s with %s gives the packet back: %s', (opcode, body, problem) => {
  const bench = new Bench();
  const octets = present(FRAMES[0]).subarray(0, 34);
  bench.give(
    opcode,
    octets,
    new OctetWriter()
      .put(RESULT_BIT)
      .put(present(fromHex(body)))
      .octets(),
  );
  expect(bench.resumed).toEqual([{ octets, result: 0n }]);
  expect(bench.log.lines.join()).toContain(`|pinctrl(ovn_pinctrl0)|WARN|${problem}`);
});

it.each([
  ['arp', 'ARP action on non-IP packet (Ethertype 806)'],
  ['nd_ns', 'NS action on non-IPv6 packet'],
  ['nd_na', 'NA action on non-ND packet'],
  ['icmp', 'ICMP action on non-IP packet (eth_type 0x806)'],
  ['tcp_reset', 'TCP_RESET action on non-TCP packet'],
  ['sctp_abort', 'SCTP_ABORT action on non-SCTP packet'],
] as const)('%s on an ARP packet: %s', (opcode, problem) => {
  const bench = new Bench();
  bench.give(opcode, present(fromHex(`ffffffffffff0a00000000010806${'00'.repeat(28)}`)));
  expect(bench.sent).toEqual([]);
  expect(bench.log.lines.join()).toContain(problem);
});

it('sends a reply with the registers that the packet had, through the actions of the userdata', () => {
  const bench = new Bench();
  const setEthDst = present(fromHex('00190010800006060a00000000990000'));
  bench.give('tcp_reset', present(FRAMES.find((frame) => frame[23] === 6)), setEthDst);
  expect(bench.sent).toHaveLength(1);
  expect(bench.sent[0]).toMatch(
    / set_field:0x2->reg14,set_field:0x5->metadata,set_field:0a:00:00:00:00:99->eth_dst$/,
  );
});
