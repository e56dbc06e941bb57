import { expect, it } from 'vitest';
import type { Context } from '../../../base/context.ts';
import { createRandom } from '../../../base/random.ts';
import type { CtOptions } from '../../../ofproto/conntrack/conntrack.ts';
import { Vswitch } from '../../../ofproto/vswitch/vswitch.ts';
import {
  encodeEthernet,
  encodeIpv4,
  encodeTcp,
  encodeUdp,
  IP_PROTOCOL,
  TCP_FLAG,
} from '../../../wire/index.ts';
import { vswitchdTarget } from './vswitchd.ts';

const [CLIENT, SERVER] = [0x0a000001, 0x0a000002];
const ENDS = { family: 4, source: CLIENT, destination: SERVER } as const;

function frame(protocol: number, payload: Uint8Array): Uint8Array {
  const header = { source: CLIENT, destination: SERVER, protocol, ttl: 64, identification: 1 };
  return encodeEthernet(
    { destination: 0x020000000002n, source: 0x020000000001n, type: 0x800 },
    encodeIpv4(header, payload),
  );
}

/** A switch that has tracked a TCP connection in zone 1 and a UDP one, ten seconds ago. */
function tracked(): (command: string) => string {
  let now = 0;
  const context: Context = {
    clock: { now: () => now, wallMs: () => 0, after: () => () => undefined },
    random: createRandom(1),
    recorder: { active: false, record: () => 0 },
  };
  const { datapath } = new Vswitch('host', context);
  const options: CtOptions = {
    zone: 1,
    commit: true,
    force: false,
    nat: null,
    mark: { value: 7, mask: 0xffffffff },
    label: null,
    helper: '',
    timeouts: null,
  };
  const ports = { sourcePort: 1000, destinationPort: 80 };
  const opening = { ...ports, sequence: 1, acknowledgement: 0, flags: TCP_FLAG.syn, window: 1000 };
  const none = new Uint8Array(0);
  datapath.conntrack.execute(frame(IP_PROTOCOL.tcp, encodeTcp(opening, none, ENDS)), options);
  datapath.conntrack.execute(frame(IP_PROTOCOL.udp, encodeUdp(ports, none, ENDS)), {
    ...options,
    zone: 0,
    mark: null,
  });
  now = 10e9;
  return (command) => {
    const [name = '', ...args] = command.split(' ');
    const reply = vswitchdTarget(datapath).call(`dpctl/${name}`, args);
    return reply.ok ? reply.value : `error: ${reply.error}`;
  };
}

const END = 'src=10.0.0.1,dst=10.0.0.2,sport=1000,dport=80';
const BACK = 'src=10.0.0.2,dst=10.0.0.1,sport=80,dport=1000';
const UDP = `udp,orig=(${END}),reply=(${BACK})`;
const TCP = `tcp,orig=(${END}),reply=(${BACK}),zone=1`;
const WHOLE = 'ct_nw_src=10.0.0.1,ct_nw_dst=10.0.0.2,ct_nw_proto=17,ct_tp_src=1000,ct_tp_dst=80';

it('lists connections, by zone and with the time they have left', () => {
  const call = tracked();
  expect(call('dump-conntrack')).toBe(`${TCP},mark=7,protoinfo=(state=SYN_SENT)\n${UDP}\n`);
  expect(call('dump-conntrack -s zone=1')).toBe(`${TCP},timeout=110,mark=7,protoinfo=(state=SYN_SENT)\n`);
  expect(call('dump-conntrack system@ovs-system zone=2')).toBe('');
  expect(call('dump-conntrack zone=x')).toBe('error: ovs-vswitchd: datapath not found (Invalid argument)');
  expect(call('dump-conntrack -x')).toBe('error: Unrecognized option -x');
});

it('counts them by protocol', () => {
  const call = tracked();
  expect(call('ct-stats-show')).toBe('Connections Stats:\n    Total: 2\n  TCP: 1\n  UDP: 1\n');
  expect(call('ct-stats-show verbose zone=1')).toBe(
    'Connections Stats:\n    Total: 1\n  TCP: 1\n    Conn per TCP states:\n\t  [SYN_SENT]=1\n',
  );
  expect(call('ct-bkts gt=1')).toBe('Command is available for UserSpace ConnTracker only.\n');
});

it('forgets those that fit', () => {
  const left = (command: string): string[] => {
    const call = tracked();
    expect(call(command)).toBe('');
    return call('dump-conntrack')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : line.slice(0, 3)));
  };
  expect(left('flush-conntrack')).toEqual([]);
  expect(left('flush-conntrack zone=1')).toEqual(['udp']);
  expect(left('flush-conntrack mark=7')).toEqual(['udp']);
  expect(left('flush-conntrack system@ovs-system ct_nw_proto=17,ct_nw_dst=10.0.0.2')).toEqual(['tcp']);
  expect(left(`flush-conntrack ${WHOLE}`)).toEqual(['tcp']);
  expect(tracked()(`flush-conntrack zone=1 ${WHOLE}`)).toBe(
    'error: ovs-vswitchd: failed to flush conntrack (No such file or directory)',
  );
  expect(tracked()('flush-conntrack ct_foo=1')).toBe(
    'error: ovs-vswitchd: invalid conntrack tuple field: ct_foo (Invalid argument)',
  );
});
