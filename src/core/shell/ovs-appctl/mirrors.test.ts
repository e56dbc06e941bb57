/** Mirrors as they are asked for in the database; actions and megaflows as Open vSwitch 3.7.0 gave them. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

/** A bridge whose packets go nowhere, with a mirror. */
function mirrored(mirror: string): (packet: string) => string | undefined {
  const run = oneSwitch(
    'ip link add p1 type veth peer name p1-far',
    'ip link add p2 type veth peer name p2-far',
    'ip link set p1 up',
    'ip link set p2 up',
    'ovs-vsctl add-br br0 -- set bridge br0 fail_mode=secure -- add-port br0 p1 -- set Interface p1 ofport_request=1 ' +
      '-- add-port br0 p2 -- set Interface p2 ofport_request=2',
    `ovs-vsctl -- --id=@p1 get port p1 -- --id=@p2 get port p2 -- --id=@m create mirror name=m ${mirror} -- set bridge br0 mirrors=@m`,
  );
  return (packet) =>
    /Megaflow: recirc_id=0,eth,(.*)\nDatapath actions: (.*)/
      .exec(run(`ovs-appctl ofproto/trace br0 in_port=1,${packet}`))
      ?.slice(1)
      .join(' -> ');
}

it.each([
  ['select_all=true output_port=@p2', 'ip', 'ip,in_port=1,nw_frag=no -> 2'],
  ['select_all=true', 'ip', 'ip,in_port=1,nw_frag=no -> drop'],
  ['select_src_port=@p2 output_port=@p2', 'ip', 'ip,in_port=1,nw_frag=no -> drop'],
  ['select_all=true select_vlan=5 output_port=@p2', 'ip', 'ip,in_port=1,nw_frag=no -> drop'],
  [
    String.raw`select_all=true filter=\"ip,nw_dst=10.0.0.1\" output_port=@p2`,
    'ip,nw_dst=10.0.0.1',
    'ip,in_port=1,nw_dst=10.0.0.1,nw_frag=no -> 2',
  ],
  [
    String.raw`select_all=true filter=\"ip,nw_dst=10.0.0.1\" output_port=@p2`,
    'arp',
    'arp,in_port=1,arp_tpa=0.0.0.0 -> drop',
  ],
  ['select_all=true filter=in_port=1 output_port=@p2', 'arp', 'arp,in_port=1 -> drop'],
])('copies with %s what is %s', (mirror, packet, expected) => {
  expect(mirrored(mirror)(packet)).toBe(expected);
});
