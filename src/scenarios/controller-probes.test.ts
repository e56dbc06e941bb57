/** What ovn-controller asks by itself: health of services, BFD with next hops. */
import { beforeAll, expect, it } from 'vitest';
import { present } from '../core/base/assert.ts';
import { extractFlow } from '../core/flow/extract.ts';
import { BfdSession } from '../core/ofproto/bridge/bfd.ts';
import { decode, encodeTcp, findLayer, TCP_FLAG } from '../core/wire/index.ts';
import { encodeEthernet, encodeIpv4, ETHERTYPE } from '../core/wire/index.ts';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import { MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';

const SECOND = 1_000_000_000;

let world: World;
const run = (host: string, line: string): LineOutcome => replay(world, host, line);
const type = (host: string, lines: readonly string[]): void => {
  for (const line of lines) expect([line, run(host, line)]).toMatchObject([line, { status: 0, err: '' }]);
};
const pass = (seconds: number): void => world.clock.run(world.clock.now() + seconds * SECOND);

beforeAll(() => {
  world = new World(MULTINODE_OVN_EMPTY, 5);
  for (const { machine, line } of MULTINODE_OVN_EMPTY.transcript) type(machine, [line]);
});

it('asks services for their health, and northd leaves out those that do not answer', () => {
  type('central', [
    'ovn-nbctl ls-add web',
    'ovn-nbctl lsp-add web one -- lsp-set-addresses one "0a:00:00:00:00:01 10.1.0.11"',
    'ovn-nbctl lsp-add web two -- lsp-set-addresses two "0a:00:00:00:00:02 10.1.0.12"',
    'ovn-nbctl lb-add lb0 10.1.0.80:80 10.1.0.11:80,10.1.0.12:80 tcp',
    'ovn-nbctl ls-lb-add web lb0',
    'ovn-nbctl set Load_Balancer lb0 ip_port_mappings:10.1.0.11=one:10.1.0.254 ip_port_mappings:10.1.0.12=two:10.1.0.254',
    `ovn-nbctl --id=@hc create Load_Balancer_Health_Check vip='"10.1.0.80:80"' options:interval=2 options:timeout=1 -- add Load_Balancer lb0 health_check @hc`,
  ]);
  for (const [name, last] of [
    ['one', 1],
    ['two', 2],
  ] as const)
    type('worker1', [
      `ovs-vsctl add-port br-int ${name} -- set Interface ${name} type=internal external_ids:iface-id=${name}`,
      `ip netns add ${name}`,
      `ip link set ${name} netns ${name}`,
      `ip netns exec ${name} ip link set ${name} address 0a:00:00:00:00:0${last}`,
      `ip netns exec ${name} ip link set ${name} up`,
    ]);
  const { kernel } = present(world.hosts.get('worker1'));
  const link = present(kernel.findLink('one', 'one'));
  const flags: number[] = [];
  // A server that accepts: the kernel of the guest has no address and says nothing itself.
  kernel.tap('one', link, ({ octets, direction }) => {
    const decoded = decode(octets);
    const tcp = findLayer(decoded, 'tcp');
    const ip = findLayer(decoded, 'ipv4');
    const ethernet = findLayer(decoded, 'ethernet');
    if (direction !== 'in' || !tcp || !ip || !ethernet) return;
    flags.push(tcp.flags);
    if (tcp.flags !== TCP_FLAG.syn) return;
    const pseudo = { family: 4, source: ip.destination, destination: ip.source } as const;
    const answer = encodeTcp(
      {
        sourcePort: tcp.destinationPort,
        destinationPort: tcp.sourcePort,
        sequence: 1,
        acknowledgement: (tcp.sequence + 1) >>> 0,
        flags: TCP_FLAG.syn | TCP_FLAG.ack,
        window: 1000,
      },
      new Uint8Array(0),
      pseudo,
    );
    kernel.transmit(
      link,
      encodeEthernet(
        { source: ethernet.destination, destination: ethernet.source, type: ETHERTYPE.ipv4 },
        encodeIpv4({ ...pseudo, protocol: 6 }, answer),
      ),
      null,
    );
  });
  pass(8);
  expect(flags.slice(0, 4)).toEqual([TCP_FLAG.syn, TCP_FLAG.rst, TCP_FLAG.syn, TCP_FLAG.rst]);
  const monitors = run('central', 'ovn-sbctl --bare --columns=ip,status list Service_Monitor').out;
  expect(monitors.trim().split('\n\n').toSorted()).toEqual(['10.1.0.11\nonline', '10.1.0.12\noffline']);
  const flows = run('central', 'ovn-sbctl lflow-list web').out;
  expect(flows).toContain('ct_lb_mark(backends=10.1.0.11:80);');
});

it('runs BFD with the next hop of a route, and withdraws the route when it is silent', () => {
  type('central', [
    'ovn-nbctl ls-add join',
    'ovn-nbctl lr-add left -- set Logical_Router left options:chassis=worker1',
    'ovn-nbctl lrp-add left left-join 02:00:00:00:00:01 10.9.0.1/24',
    'ovn-nbctl lsp-add-router-port join join-left left-join',
    'ovn-nbctl lsp-add join hop -- lsp-set-addresses hop "02:00:00:00:00:02 10.9.0.2"',
    'ovn-nbctl --bfd lr-route-add left 20.0.0.0/24 10.9.0.2 left-join',
  ]);
  type('worker1', [
    'ovs-vsctl add-port br-int hop -- set Interface hop type=internal external_ids:iface-id=hop',
    'ip netns add hop',
    'ip link set hop netns hop',
    'ip netns exec hop ip link set hop address 02:00:00:00:00:02',
    'ip netns exec hop ip link set hop up',
  ]);
  const { kernel, context } = present(world.hosts.get('worker1'));
  const link = present(kernel.findLink('hop', 'hop'));
  const peer = new BfdSession('hop', 0, context);
  peer.configure(
    new Map([
      ['bfd_src_ip', '10.9.0.2'],
      ['bfd_dst_ip', '10.9.0.1'],
      ['bfd_local_src_mac', '02:00:00:00:00:02'],
      ['bfd_local_dst_mac', '02:00:00:00:00:01'],
    ]),
  );
  let isSilent = false;
  kernel.tap('hop', link, ({ octets, direction }) => {
    const flow = extractFlow(octets);
    if (direction === 'in' && peer.accepts(flow)) peer.process(flow, findLayer(decode(octets), 'bfd'));
  });
  const tick = (): void => {
    peer.run();
    if (peer.shouldSend && !isSilent) kernel.transmit(link, peer.packet(0n), null);
    context.clock.after(SECOND / 10, tick);
  };
  tick();
  const state = (): string => run('central', 'ovn-nbctl --bare --columns=status list BFD').out.trim();
  const hasRoute = (): boolean =>
    run('central', 'ovn-sbctl lflow-list left').out.includes('ip4.dst == 20.0.0.0/24');
  expect(hasRoute()).toBe(false);
  pass(15);
  expect([peer.state, state(), hasRoute()]).toEqual(['Up', 'up', true]);
  isSilent = true;
  pass(15);
  expect([state(), hasRoute()]).toEqual(['down', false]);
});
