/** A gateway that asks the provider's network for IPv6 prefixes (RFC 8415), and what becomes of them. */
import { expect, it } from 'vitest';
import { present } from '../core/base/assert.ts';
import { concatBytes, fromBigInt, toHex } from '../core/base/bytes.ts';
import { replay, type LineOutcome } from '../core/shell/transcript.ts';
import { World } from '../core/sim/index.ts';
import { decode, encodeEthernet, encodeIpv6, encodeUdp, ETHERTYPE, findLayer } from '../core/wire/index.ts';
import { MULTINODE_OVN_EMPTY } from './multinode-ovn.ts';

const SECOND = 1_000_000_000;
const TYPE = { solicit: 1, advertise: 2, request: 3, renew: 5, rebind: 6, reply: 7 };
const SERVER_ID = Uint8Array.from([0, 2, 0, 0, 7, 7]);
const SERVER = { mac: 0x0a00_0000_0009n, ip: 0xfe80_0000_0000_0000_0800_00ff_fe00_0009n };

const option = (code: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const value = concatBytes(parts);
  return concatBytes([fromBigInt(BigInt(code), 2), fromBigInt(BigInt(value.length), 2), value]);
};
const u32 = (value: number): Uint8Array => fromBigInt(BigInt(value), 4);

/** Options of a DHCPv6 message by their codes. */
function optionsOf(message: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = 4; at + 4 <= message.length;) {
    const [a = 0, b = 0, c = 0, d = 0] = message.subarray(at, at + 4);
    const size = c * 256 + d;
    found.set(a * 256 + b, message.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return found;
}

class Provider {
  readonly world = new World(MULTINODE_OVN_EMPTY, 3);
  /** Types of the messages that came, oldest first. */
  readonly asked: number[] = [];
  readonly servers: string[] = [];
  isSilent = false;

  constructor() {
    for (const { machine, line } of MULTINODE_OVN_EMPTY.transcript) this.type(machine, [line]);
    this.type('central', [
      'ovn-nbctl ls-add out -- lsp-add out isp -- lsp-set-addresses isp unknown',
      'ovn-nbctl lr-add lr -- lrp-add lr lr-out 02:00:00:00:00:02 10.2.0.1/24 -- lrp-add lr lr-in 02:00:00:00:00:01 10.1.0.1/24',
      'ovn-nbctl lsp-add-router-port out out-lr lr-out',
      'ovn-nbctl ls-add in -- lsp-add-router-port in in-lr lr-in',
      'ovn-nbctl lrp-set-gateway-chassis lr-out worker1',
    ]);
    this.type('worker1', [
      'ovs-vsctl add-port br-int isp -- set Interface isp type=internal external_ids:iface-id=isp',
      'ip link set isp address 0a:00:00:00:00:09',
      'ip link set isp up',
    ]);
    const { kernel } = present(this.world.hosts.get('worker1'));
    const link = present(kernel.findLink('', 'isp'));
    kernel.tap('', link, ({ octets, direction }) => {
      const decoded = decode(octets);
      const udp = findLayer(decoded, 'udp');
      const ip = findLayer(decoded, 'ipv6');
      const ethernet = findLayer(decoded, 'ethernet');
      if (direction !== 'in' || udp?.destinationPort !== 547 || !ip || !ethernet) return;
      const message = octets.subarray(14 + 40 + 8);
      this.asked.push(message[0] ?? 0);
      this.servers.push(toHex(optionsOf(message).get(2) ?? new Uint8Array(0)));
      const answer = this.answer(message);
      if (!answer || this.isSilent) return;
      const pseudo = { family: 6, source: SERVER.ip, destination: ip.source } as const;
      const datagram = encodeUdp({ sourcePort: 547, destinationPort: 546 }, answer, pseudo);
      const packet = encodeIpv6({ ...pseudo, nextHeader: 17, hopLimit: 64 }, datagram);
      kernel.transmit(
        link,
        encodeEthernet({ source: SERVER.mac, destination: ethernet.source, type: ETHERTYPE.ipv6 }, packet),
        null,
      );
    });
  }

  /** Gives every association a prefix of its own: T1 of 10 s, T2 of 20, valid for 40. */
  answer(message: Uint8Array): Uint8Array | undefined {
    const options = optionsOf(message);
    const association = options.get(25)?.subarray(0, 4);
    const client = options.get(1);
    if (!association || !client) return undefined;
    const prefix = fromBigInt(0x2001_0db8_0000_0000_0000_0000_0000_0000n | (1n << 64n), 16);
    const given = option(26, u32(30), u32(40), Uint8Array.from([64]), prefix);
    const type = message[0] === TYPE.solicit ? TYPE.advertise : TYPE.reply;
    return concatBytes([
      Uint8Array.from([type, 0, 0, 0]),
      option(1, client),
      option(2, SERVER_ID),
      option(25, association, u32(10), u32(20), given),
    ]);
  }

  run(host: string, line: string): LineOutcome {
    return replay(this.world, host, line);
  }

  type(host: string, lines: readonly string[]): void {
    for (const line of lines)
      expect([line, this.run(host, line)]).toMatchObject([line, { status: 0, err: '' }]);
  }

  pass(seconds: number): void {
    this.world.clock.run(this.world.clock.now() + seconds * SECOND);
  }

  get prefix(): string {
    return this.run('central', 'ovn-nbctl --bare --columns=ipv6_prefix list Logical_Router_Port lr-in').out;
  }
}

const begin = (provider: Provider): void =>
  provider.type('central', [
    'ovn-nbctl set Logical_Router_Port lr-out options:prefix_delegation=true',
    'ovn-nbctl set Logical_Router_Port lr-in options:prefix=true',
  ]);

it('is given a prefix, which reaches the northbound port, and renews it', () => {
  const provider = new Provider();
  begin(provider);
  provider.pass(5);
  expect(provider.asked).toEqual([TYPE.solicit, TYPE.request]);
  expect(provider.prefix).toBe('2001:db8:0:1::/64\n');
  expect(provider.run('central', 'ovn-sbctl get Port_Binding lr-in options:ipv6_ra_pd_list').out).toMatch(
    /^"?\d+:2001:db8:0:1::\/64"?\n$/,
  );
  provider.pass(20);
  expect(provider.asked.slice(2)).toContain(TYPE.renew);
  // Who gave it is asked by name.
  expect(provider.servers.at(-1)).toBe(toHex(SERVER_ID));
});

it('asks anybody when the server is gone, and begins anew when the prefix is', () => {
  const provider = new Provider();
  begin(provider);
  provider.pass(5);
  provider.isSilent = true;
  const before = provider.asked.length;
  provider.pass(60);
  const steps = provider.asked.slice(before).filter((type, at, all) => type !== all[at - 1]);
  expect(steps).toEqual([TYPE.renew, TYPE.rebind, TYPE.solicit]);
});

it('takes nothing when the server refuses', () => {
  const provider = new Provider();
  provider.answer = (message) => {
    const association = optionsOf(message).get(25)?.subarray(0, 4) ?? u32(0);
    const refused = option(13, Uint8Array.from([0, 6]));
    return concatBytes([
      Uint8Array.from([TYPE.advertise, 0, 0, 0]),
      option(2, SERVER_ID),
      option(25, association, u32(0), u32(0), refused),
    ]);
  };
  begin(provider);
  provider.pass(10);
  expect(new Set(provider.asked)).toEqual(new Set([TYPE.solicit]));
  expect(provider.prefix.trim()).toBe('');
});
