/** What breaks on the road of the prefix, what is withdrawn then, who is lost, and when it is whole again. */
import { describe, expect, it } from 'vitest';
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import { LEARNING_OVN_AND_BGP as SCENARIO } from './learning-ovn-and-bgp.ts';

const FIP = '172.16.10.2';

class Lab {
  readonly world = new World(SCENARIO, 1);

  constructor() {
    for (const { machine, line } of SCENARIO.transcript) replay(this.world, machine, line);
    this.run(5);
  }

  run(seconds: number): void {
    this.world.clock.run(this.world.clock.now() + seconds * 1e9);
  }

  type(host: string, line: string): string {
    const { out, err } = replay(this.world, host, line);
    return out + err;
  }

  vtysh(node: string, pathspace: '' | 'frr-ns', ...lines: readonly string[]): string {
    const where = pathspace === '' ? '' : ` -N ${pathspace}`;
    return this.type(node, `vtysh${where} ${lines.map((line) => `-c '${line}'`).join(' ')}`);
  }

  /** Whether a ToR has the route to the floating IP in its kernel. */
  hasRoute(node: string): boolean {
    return this.type(node, 'ip netns exec frr-ns ip route').includes(`${FIP} `);
  }

  reaches(node: string): boolean {
    return this.type(node, `ip netns exec frr-ns ping -W1 -c1 ${FIP}`).includes(' 1 received');
  }

  /** Seconds until it holds, at most so many. */
  until(holds: () => boolean, most: number): number {
    for (let passed = 1; passed <= most; passed += 1) {
      this.run(1);
      if (holds()) return passed;
    }
    return Infinity;
  }

  /** The chassis that serves the gateway port. */
  server(): string | undefined {
    const bound = this.type(
      'ovn-central-az1',
      'ovn-sbctl --bare --columns=chassis find port_binding logical_port=cr-lrp-guest-join-dgp',
    );
    return ['ovn-gw-1', 'ovn-gw-2', 'ovn-gw-3'].find(
      (name) =>
        this.type('ovn-central-az1', `ovn-sbctl --bare --columns=_uuid find chassis name=${name}`) === bound,
    );
  }
}

const VRF = 'router bgp 4210000000 vrf ovnvrf10';
const TOR = 'router bgp 4200000100';

describe('the session of ovn-gw-1', { timeout: 240_000 }, () => {
  it('shut down, cut, with a wrong AS, without a policy, filtered: the ToR loses the route and gets it back', () => {
    const lab = new Lab();
    const isLost = (): void => {
      expect(lab.hasRoute('ovn-gw-1')).toBe(false);
      expect(lab.type('ovn-gw-1', `ip netns exec frr-ns ping -W1 -c1 ${FIP}`)).toBe(
        'ping: connect: Network is unreachable\n',
      );
      expect(lab.reaches('ovn-gw-2')).toBe(true);
    };
    const isWholeWithin = (seconds: number): void => {
      expect(lab.until(() => lab.hasRoute('ovn-gw-1'), seconds)).toBeLessThanOrEqual(seconds);
      expect(lab.reaches('ovn-gw-1')).toBe(true);
    };

    lab.vtysh('ovn-gw-1', '', 'configure', VRF, 'neighbor ext0-bgp shutdown');
    lab.run(1);
    isLost();
    lab.vtysh('ovn-gw-1', '', 'configure', VRF, 'no neighbor ext0-bgp shutdown');
    isWholeWithin(20);

    // The ToR knows at once; the gateway waits for its hold timer, since its own port stays up.
    lab.type('ovn-gw-1', 'ip netns exec frr-ns ip link set ext1 down');
    lab.run(1);
    isLost();
    const summary = (): string => lab.vtysh('ovn-gw-1', '', 'show bgp vrf ovnvrf10 ipv4 summary');
    expect(summary()).toMatch(/^ext0-bgp .* \(Policy\) /m);
    expect(lab.until(() => /^ext0-bgp .* (?:Idle|Active|Connect) /m.test(summary()), 190)).toBeGreaterThan(
      100,
    );
    lab.type('ovn-gw-1', 'ip netns exec frr-ns ip link set ext1 up');
    isWholeWithin(30);

    // Another AS than the neighbour's: each attempt ends with a NOTIFICATION.
    lab.vtysh('ovn-gw-1', '', 'configure', VRF, 'neighbor ext0-bgp interface remote-as 65001');
    lab.run(15);
    isLost();
    expect(lab.vtysh('ovn-gw-1', '', 'show bgp vrf ovnvrf10 neighbors ext0-bgp')).toContain(
      'Notification sent (OPEN Message Error/Bad Peer AS)',
    );
    lab.vtysh('ovn-gw-1', '', 'configure', VRF, 'neighbor ext0-bgp interface remote-as external');
    isWholeWithin(130);

    lab.vtysh(
      'ovn-gw-1',
      'frr-ns',
      'configure',
      TOR,
      'bgp ebgp-requires-policy',
      'address-family ipv4 unicast',
      'no neighbor ext1 prefix-list accept-all in',
    );
    lab.vtysh('ovn-gw-1', 'frr-ns', 'clear bgp *');
    lab.run(20);
    isLost();
    expect(lab.vtysh('ovn-gw-1', 'frr-ns', 'show bgp ipv4 summary')).toMatch(
      /^ext1 .* \(Policy\) \(Policy\) /m,
    );
    lab.vtysh('ovn-gw-1', 'frr-ns', 'configure', TOR, 'no bgp ebgp-requires-policy');
    lab.vtysh('ovn-gw-1', 'frr-ns', 'clear bgp *');
    isWholeWithin(30);

    const deny = 'ip prefix-list no-default seq 7 deny 172.16.10.0/24 le 32';
    lab.vtysh('ovn-gw-1', '', 'configure', deny);
    lab.run(5);
    isLost();
    lab.vtysh('ovn-gw-1', '', 'configure', `no ${deny}`);
    isWholeWithin(10);
  });
});

describe('the gateway port', { timeout: 240_000 }, () => {
  it('moves with its priority: no ping is lost, and the metric says where it is', () => {
    const lab = new Lab();
    expect(lab.server()).toBe('ovn-gw-2');
    lab.type('ovn-central-az1', 'ovn-nbctl lrp-set-gateway-chassis lrp-guest-join-dgp ovn-gw-1 30');
    lab.run(2);
    expect(lab.server()).toBe('ovn-gw-1');
    expect([lab.reaches('ovn-gw-1'), lab.reaches('ovn-gw-2')]).toEqual([true, true]);
    expect(lab.type('ovn-gw-1', 'ip route show vrf ovnvrf10')).toContain('metric 100 ');
    expect(lab.type('ovn-gw-2', 'ip route show vrf ovnvrf20')).toContain('metric 1000 ');
  });

  it('has no other chassis when only two see each other, and moves within seconds when a third one does', () => {
    const lab = new Lab();
    const cut = (on: boolean): void =>
      void lab.world.faults.switch({ kind: 'cut', host: 'ovn-gw-2', device: 'eth1' }, on);
    // One that has lost the only other takes itself for the one that is cut off (BFD; ovn-controller's ha-chassis).
    cut(true);
    lab.run(10);
    expect(lab.server()).toBe('ovn-gw-2');
    expect([lab.reaches('ovn-gw-1'), lab.reaches('ovn-gw-2')]).toEqual([false, false]);
    cut(false);
    expect(lab.until(() => lab.reaches('ovn-gw-1') && lab.reaches('ovn-gw-2'), 20)).toBeLessThan(20);

    lab.type('ovn-central-az1', 'ovn-nbctl lrp-set-gateway-chassis lrp-guest-join-dgp ovn-gw-3 10');
    lab.run(10);
    cut(true);
    expect(lab.until(() => lab.server() === 'ovn-gw-1', 15)).toBeLessThan(15);
    lab.run(1);
    expect(lab.reaches('ovn-gw-1')).toBe(true);
    cut(false);
    expect(lab.until(() => lab.server() === 'ovn-gw-2', 30)).toBeLessThan(30);
    lab.run(2);
    expect([lab.reaches('ovn-gw-1'), lab.reaches('ovn-gw-2')]).toEqual([true, true]);
  });
});
