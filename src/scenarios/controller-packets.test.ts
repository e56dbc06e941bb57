/** Frames given to one chassis, and the frames that a real one answered: `golden/ovn-controller`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../core/base/bytes.ts';
import { present } from '../core/base/assert.ts';
import type { Kernel, Link } from '../core/linux/index.ts';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';

interface Recorded {
  readonly what: string;
  readonly port: string;
  readonly frame: string;
  readonly out: readonly (readonly [port: string, frame: string])[];
}

interface Recording {
  readonly topology: readonly string[];
  /** Names by bridge. */
  readonly ports: Readonly<Record<string, readonly string[]>>;
  readonly packets: readonly Recorded[];
}

const BETWEEN = 350_000_000;
const HOST = 'hv1';

const read = (name: string): Recording =>
  JSON.parse(
    readFileSync(new URL(`../../golden/ovn-controller/${name}.json`, import.meta.url), 'utf8'),
  ) as Recording;

/** A chassis on its own, with ports that hand frames over as they are. */
class Chassis {
  readonly world = new World(
    {
      machines: [
        {
          name: HOST,
          kind: 'machine',
          services: ['openvswitch', 'ovn-central', 'ovn-controller'],
          nics: [
            { name: 'eth0', mac: '52:54:00:00:00:01', addresses: ['192.168.0.1/24'], segment: 'underlay' },
          ],
        },
      ],
      segments: [{ id: 'underlay', name: 'underlay', mtu: 1500, delay: 60_000 }],
    },
    7,
  );
  readonly ports: readonly string[];
  caught: [port: string, frame: string][] = [];

  constructor({ topology, ports }: Recording) {
    const type = (line: string): void =>
      expect([line, this.run(line)]).toMatchObject([line, { status: 0, err: '' }]);
    type(
      `ovs-vsctl set open . external-ids:system-id=${HOST} external-ids:ovn-remote=unix:/var/run/ovn/ovnsb_db.sock external-ids:ovn-encap-type=geneve external-ids:ovn-encap-ip=192.168.0.1`,
    );
    for (const line of topology) type(line);
    type('ovs-vsctl add-br br-ex -- set open . external-ids:ovn-bridge-mappings=physnet1:br-ex');
    for (const [bridge, names] of Object.entries(ports))
      for (const port of names) {
        type(
          `ovs-vsctl add-port ${bridge} ${port} -- set Interface ${port} type=internal external-ids:iface-id=${port}`,
        );
        for (const line of [
          `ip netns add ${port}`,
          `ip link set dev ${port} netns ${port}`,
          `ip netns exec ${port} sysctl -w net.ipv6.conf.all.disable_ipv6=1`,
          `ip netns exec ${port} ip link set dev ${port} up`,
        ])
          this.run(line);
      }
    this.ports = Object.values(ports).flat();
    for (const port of this.ports)
      this.kernel.tap(port, this.linkOf(port), ({ direction, octets }) => {
        if (direction === 'in') this.caught.push([port, toHex(octets)]);
      });
  }

  get kernel(): Kernel {
    return present(this.world.hosts.get(HOST)).kernel;
  }

  linkOf(port: string): Link {
    return present(this.kernel.findLink(port, port), port);
  }

  run(line: string): LineOutcome {
    return replay(this.world, HOST, line);
  }

  /** Frames that come out, port by port, after `frame` went in. */
  send(port: string, frame: string): readonly (readonly [string, string])[] {
    this.caught = [];
    this.kernel.transmit(this.linkOf(port), present(fromHex(frame)), null);
    this.pass(BETWEEN);
    return this.caught
      .filter(([, hex]) => !isGratuitous(hex))
      .toSorted((a, b) => this.ports.indexOf(a[0]) - this.ports.indexOf(b[0]));
  }

  pass(nanoseconds: number): void {
    this.world.clock.run(this.world.clock.now() + nanoseconds);
  }
}

/** An ARP packet that speaks of its sender only. */
const isGratuitous = (hex: string): boolean =>
  hex.slice(24, 28) === '0806' && hex.slice(56, 64) === hex.slice(76, 84);

/** Sends every recorded frame and compares what comes of it; the chassis is as those frames left it. */
function playing(name: string): Chassis {
  const recording = read(name);
  const chassis = new Chassis(recording);
  it.each(recording.packets.map((packet) => [packet.what, packet] as const))(
    '%s',
    (_what, { port, frame, out }) => expect(chassis.send(port, frame)).toEqual(out),
  );
  return chassis;
}

describe('router-and-servers', () => {
  const chassis = playing('router-and-servers');

  it('tells the databases and the log', () => {
    const log = present(chassis.world.hosts.get(HOST)?.controller).log.lines;
    const has = (part: string): boolean => log.some((line) => line.includes(part));
    expect(has('|acl_log(ovn_pinctrl0)|INFO|name="no-81", verdict=reject, severity=warning')).toBe(true);
    expect(has('|pinctrl(ovn_pinctrl0)|INFO|DHCPACK 0a:00:00:00:00:01 10.1.0.11')).toBe(true);
    const event = chassis.run('ovn-sbctl --columns=event_info --bare list Controller_Event').out;
    expect(event).toMatch(/^load_balancer=[-0-9a-f]+ protocol=tcp vip=10\.1\.0\.81:80$/m);
    const learned = chassis.run('ovn-sbctl --columns=ip,mac --bare list MAC_Binding').out;
    expect(learned).toContain('172.16.0.100\n0e:00:00:00:00:99\n');
  });
});

describe('multicast', () => {
  const chassis = playing('multicast');

  it('keeps groups until nobody asks for them any more', () => {
    const groups = (): string[] =>
      chassis
        .run('ovn-sbctl --bare --columns=address,protocol list IGMP_Group')
        .out.trim()
        .split('\n\n')
        .map((row) => row.replaceAll('\n', ' ').trim())
        .toSorted();
    expect(groups()).toEqual(['239.1.1.1 IGMPv1', '239.3.3.3 IGMPv3', '239.4.4.4 IGMPv2', 'mrouters']);
    chassis.caught = [];
    chassis.pass(301_000_000_000);
    expect(groups()).toEqual(['mrouters']);
    const queries = chassis.caught.filter(([port]) => port === 'a').map(([, frame]) => frame);
    expect(queries).toEqual([
      '01005e0000010e00000000010800450000200000400001028edd0a0000fee0000001110aeeeb00000000000a0000',
      '3333000000000e000000000186dd6000000000240001fe8000000000000000000000000000feff0200000000000000000000000000013a0005020000000082007b3d03e800000000000000000000000000000000000000010000',
    ]);
  });
});
