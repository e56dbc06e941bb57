import { describe, expect, it } from 'vitest';
import { readTunnelConfig } from './tunnel-options.ts';
import type { TunnelConfig, TunnelType } from './tunnel-config.ts';

const read = (type: TunnelType, options: string) =>
  readTunnelConfig('t0', type, new Map(options.split(' ').map((one) => one.split('=') as [string, string])));

const config = (type: TunnelType, options: string): TunnelConfig => {
  const result = read(type, options);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('what the real ovs-vswitchd refuses', () => {
  it.each<[TunnelType, string, string]>([
    ['geneve', 'key=5', "t0: geneve type requires valid 'remote_ip' argument"],
    [
      'geneve',
      'remote_ip=foo',
      "t0: bad geneve 'remote_ip'\nt0: geneve type requires valid 'remote_ip' argument",
    ],
    ['vxlan', 'remote_ip=239.1.1.1', 't0: multicast remote_ip=239.1.1.1 not allowed'],
    [
      'geneve',
      'remote_ip=10.1.1.9 in_key=flow local_ip=flow dst_mac=00:00:00:00:00:05',
      "t0: unknown geneve argument 'dst_mac'\nt0: geneve type requires 'remote_ip=flow' with 'local_ip=flow'",
    ],
    [
      'gre',
      'remote_ip=10.1.1.1 local_ip=fd00::1',
      "t0: 'remote_ip' and 'local_ip' has to be of the same address family",
    ],
    [
      'gtpu',
      'remote_ip=flow packet_type=legacy_l2',
      't0: legacy_l2 configured on gtpu tunnel that cannot carry L2 traffic',
    ],
    [
      'vxlan',
      'remote_ip=flow packet_type=legacy_l3',
      't0: legacy_l3 configured on VXLAN (without GPE) tunnel that cannot carry L3 traffic',
    ],
    ['erspan', 'remote_ip=flow erspan_ver=3', 't0: invalid erspan version: 3'],
    [
      'vxlan',
      'tos=300 local_ip=x',
      "t0: invalid TOS 300\nt0: bad vxlan 'local_ip'\nt0: vxlan type requires valid 'remote_ip' argument",
    ],
  ])('%s %s', (type, options, words) => {
    const result = read(type, options);
    expect(result.ok ? 'taken' : result.error.split('\n').toSorted()).toEqual(words.split('\n').toSorted());
  });
});

describe('what it makes of the rest', () => {
  it('overlooks options of no meaning when nothing else is wrong', () => {
    expect(config('geneve', 'remote_ip=10.0.0.1 bogus=1 tos=300')).toMatchObject({ tos: 0, port: 6081 });
  });
  it('carries packets without Ethernet header over VXLAN with the generic protocol extension', () => {
    expect(config('vxlan', 'remote_ip=10.0.0.1 exts=gpe packet_type=legacy_l3').packetMode).toBe('l3');
  });
  it('has UDP ports only where the protocol has them', () => {
    expect(config('gre', 'remote_ip=10.0.0.1 dst_port=5555').port).toBe(0);
    expect(config('bareudp', 'remote_ip=10.0.0.1 dst_port=5555').port).toBe(5555);
  });
  it('takes all of the ERSPAN header from the pipeline with its version', () => {
    expect(config('erspan', 'remote_ip=flow erspan_ver=flow').erspan).toEqual({
      version: 'flow',
      index: 'flow',
      direction: 'flow',
      hardwareId: 'flow',
    });
  });
});
