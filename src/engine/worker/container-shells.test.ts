/** Machines that are containers, worked on from their host as a person does: one line after another, and in shells of their own. */
import { beforeAll, expect, it } from 'vitest';
import type { CallContext } from './call.ts';
import { Session } from './session.ts';

let session: Session;

/** What a line typed on the host prints, and where the next one will be typed. */
async function type(line: string): Promise<string> {
  let text = '';
  const context: CallContext = {
    signal: new AbortController().signal,
    output: (_stream, part) => void (text += part),
    progress: () => undefined,
  };
  await session.exec('ovnlab', line, context);
  return text;
}
const prompt = () => {
  const { machine, directory, prompt: own } = session.terminal('ovnlab').state;
  return own ?? `${machine} ${directory}`;
};

beforeAll(async () => {
  session = new Session(() => undefined);
  const quiet = { signal: new AbortController().signal, output: () => undefined, progress: () => undefined };
  await session.open('learning-ovn-and-bgp', 1, quiet);
}, 60_000);

it('what routers are told has reached their neighbours when the next line is typed', async () => {
  await type(
    "podman exec ovn-gw-2 vtysh -c 'conf t' -c 'router bgp 4210000000 vrf ovnvrf20' -c 'address-family ipv4 unicast' -c 'network 198.51.100.0/24'",
  );
  await type('podman exec ovn-gw-2 ip route add blackhole 198.51.100.0/24 vrf ovnvrf20');
  expect(await type('podman exec ovn-gw-2 ip netns exec frr-ns ip route show 198.51.100.0/24')).toMatch(
    /^198\.51\.100\.0\/24 nhid \d+ via inet6 fe80::20fb:d6ff:fe66:992c dev ext1 proto bgp metric 20 $/m,
  );
  // Looking takes no time.
  const now = session.world.clock.now();
  await type('podman exec ovn-gw-2 ip route');
  expect(session.world.clock.now()).toBe(now);
});

it('shells stay in the container, and in its namespaces, until they are left', async () => {
  await type('podman exec -it ovn-gw-1 bash');
  expect(prompt()).toBe('ovn-gw-1 /');
  expect(await type('hostname; cat /etc/frr/daemons | grep ^bgpd=')).toBe('ovn-gw-1\nbgpd=yes\n');
  await type('ip netns exec frr-ns bash');
  expect(await type('ip -br link show type vrf; ip -br addr show ext1')).toMatch(
    /^ext1 +UNKNOWN +41\.41\.41\.41\/32 /,
  );
  await type('vtysh --vty_socket /run/frr/frr-ns/');
  expect(prompt()).toMatch(/# $/);
  expect(session.terminal('ovnlab').complete('show b')).toContain('bgp');
  for (const left of ['ovn-gw-1 /', 'ovn-gw-1 /', 'ovnlab /root']) {
    await type('exit');
    expect(prompt()).toBe(left);
  }
  await type('podman exec -it ovn-gw-2 ip netns exec frr-ns bash');
  expect(await type('echo 198.51.100.7 > /tmp/x; ip -br addr show ext1')).toContain(' 42.42.42.42/32 ');
  await type('exit');
  expect(prompt()).toBe('ovnlab /root');
  expect(await type("sudo -E A=1 podman exec ovn-gw-2 bash -c 'cat /tmp/x | wc -c'")).toBe('13\n');
  expect(await type('ssh root@ovnlab sudo podman exec ovn-gw-2 ip -br link show type vrf')).toMatch(
    /^ovnvrf20 +UP +/,
  );
  expect(await type('ssh ovn-gw-2 hostname')).toContain('each has a terminal of its own');
  expect(await type('echo lost | ssh -n localhost cat; echo kept | ssh -q localhost cat')).toBe('kept\n');
  expect(await type('ssh -N localhost hostname')).toBe('ssh: the option -N is not modelled\n');
  expect(await type('podman exec ovn-gw-2 ip netns exec frr-ns ssh localhost hostname')).toBe(
    'ssh: connections out of a network namespace are not modelled (frr-ns)\n',
  );
  expect(await type(`sudo A=1 B='2 3' bash -c 'echo $A,$B; hostname'; echo "[$A]"`)).toBe(
    '1,2 3\novnlab\n[]\n',
  );
  expect(await type('sudo A=1 env | grep ^A=')).toBe('A=1\n');
  expect(await type('sudo A=1 bash')).toBe('sudo: variables of a shell that stays open are not modelled\n');
  // A shell without a terminal reads what it is given.
  expect(await type('podman exec ovn-gw-1 bash')).toBe('');
  expect(prompt()).toBe('ovnlab /root');
  expect(await type("podman exec -i ovn-gw-1 bash <<'EOF'\nhostname\nEOF")).toBe('ovn-gw-1\n');
});

it('the files inside are the same by every way to them', async () => {
  const inside = 'podman exec ovn-gw-1';
  await type(`${inside} vtysh --vty_socket /run/frr/frr-ns/ -c 'write memory'`);
  const saved = await type(`${inside} cat /etc/frr/frr.conf`);
  expect(saved).toContain('router bgp');
  expect(await type(`${inside} bash -c 'cat /etc/frr/frr.conf'`)).toBe(saved);
  await type('podman exec -it ovn-gw-1 bash');
  expect(await type('cat /etc/frr/frr.conf')).toBe(saved);
  await type("sed -i 's/^bgpd=.*/bgpd=no/' /etc/frr/daemons");
  await type('exit');
  await type(`${inside} systemctl restart frr`);
  expect(await type(`${inside} pgrep -a bgpd`)).not.toContain('/usr/lib/frr/bgpd -d');
  expect(await type(`${inside} grep ^bgpd= /etc/frr/daemons`)).toBe('bgpd=no\n');
});
