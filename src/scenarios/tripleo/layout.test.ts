/** The post from top to end, typed into the machines' terminals; times, ids and checksums apart. */
import { beforeAll, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../core/base/utf8.ts';
import { Session } from '../../engine/worker/session.ts';

let session: Session;

interface Typed {
  readonly status: number;
  readonly text: string;
}

async function type(host: string, line: string): Promise<Typed> {
  let text = '';
  const { status } = await session.exec(host, line, {
    output: (_, part) => (text += part),
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  return { status, text };
}

const lines = ({ text }: Typed): string[] => text.split('\n').filter((line) => line !== '');

/** What a capture printed, without what differs from run to run. */
const frames = ({ text }: Typed): string[] =>
  text
    .replaceAll(/^\d\d:\d\d:\d\d\.\d{6} /gm, '')
    .replaceAll(/, id \d+/g, ', id N')
    .replaceAll(/, seq \d+/g, ', seq N')
    .replaceAll(/(172\.17\.2\.\d+)\.\d+ > (172\.17\.2\.\d+)\.6081/g, '$1.N > $2.6081')
    .replaceAll(/\[(?:bad )?udp (?:sum ok|cksum .*?)\]/g, '[udp]')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:tcpdump: listening|\d+ packets? )/.test(line));

beforeAll(async () => {
  session = new Session(() => undefined);
  await session.open('tripleo-layout', 1, {
    output: () => undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
  });
}, 120_000);

it('brctl show', async () => {
  const { text } = await type('hypervisor', 'brctl show');
  const bridges = new Map<string, { head: string; ports: string[] }>();
  let current = '';
  for (const line of text.split('\n').slice(1)) {
    const words = line.trim().split(/\s+/);
    if (words.length === 4)
      bridges.set((current = words[0] ?? ''), { head: words.slice(1, 3).join(' '), ports: [words[3] ?? ''] });
    else if (words[0] !== '') bridges.get(current)?.ports.push(words[0] ?? '');
  }
  expect(Object.fromEntries(bridges)).toEqual({
    management: {
      head: '8000.525400cc1d8b yes',
      ports: ['management-nic', 'vnet0', 'vnet12', 'vnet3', 'vnet6', 'vnet9'],
    },
    external: {
      head: '8000.5254000ceb7c yes',
      ports: ['external-nic', 'vnet11', 'vnet14', 'vnet2', 'vnet5', 'vnet8'],
    },
    data: {
      head: '8000.5254007bc90a yes',
      ports: ['data-nic', 'vnet1', 'vnet10', 'vnet13', 'vnet4', 'vnet7'],
    },
  });
});

it('virsh domiflist of every node', async () => {
  const { text } = await type(
    'hypervisor',
    'for i in controller-0 controller-1 controller-2 compute-0; do virsh domiflist $i; done',
  );
  const table = (rows: readonly (readonly [number, string])[]): string =>
    [
      ' Interface   Type      Source       Model    MAC',
      '-'.repeat(64),
      ...rows.map(
        ([number, mac], at) =>
          ` ${`vnet${number}`.padEnd(9)}   network   ${['management', 'data', 'external'][at]?.padEnd(10)}   virtio   52:54:00:${mac}`,
      ),
      '',
      '',
    ].join('\n');
  expect(text).toBe(
    table([
      [9, '74:29:4f'],
      [10, '1c:44:26'],
      [11, '20:3c:4e'],
    ]) +
      table([
        [3, '0b:ad:3b'],
        [4, '2f:9f:3e'],
        [5, '75:a5:ed'],
      ]) +
      table([
        [6, 'da:a3:1e'],
        [7, '57:26:67'],
        [8, '2c:21:d5'],
      ]) +
      table([
        [0, 'de:4a:38'],
        [1, 'c7:74:4b'],
        [2, '22:de:5c'],
      ]),
  );
});

it('the grep over the templates', async () => {
  const found = await type(
    'undercloud-0',
    'grep -i -e cidr -e vlan /home/stack/virt/network/network-environment.yaml',
  );
  expect(lines(found).map((line) => line.trim())).toEqual([
    "ControlPlaneSubnetCidr: '192.168.24.0/24'",
    'ExternalNetCidr: 10.0.0.0/24',
    'ExternalNetworkVlanID: 10',
    'InternalApiNetCidr: 172.17.1.0/24',
    'InternalApiNetworkVlanID: 20',
    'StorageMgmtNetCidr: 172.17.4.0/24',
    'StorageMgmtNetworkVlanID: 40',
    'StorageNetCidr: 172.17.3.0/24',
    'StorageNetworkVlanID: 30',
    'TenantNetCidr: 172.17.2.0/24',
    'TenantNetworkVlanID: 50',
    'NeutronNetworkVLANRanges: tenant:1000:2000',
    'OS::TripleO::Compute::Net::SoftwareConfig: three-nics-vlans/compute.yaml',
    'OS::TripleO::Controller::Net::SoftwareConfig: three-nics-vlans/controller.yaml',
  ]);
});

it('ip l | egrep, and the ports of both bridges', async () => {
  const found = await type('controller-0', 'ip l | egrep "vlan[2-4]0"');
  expect(lines(found).map((line) => line.replace(/^\d+: /, ''))).toEqual(
    [20, 30, 40].map(
      (id) =>
        `vlan${id}@ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000`,
    ),
  );
  expect((await type('controller-0', 'ovs-vsctl list-ports br-tenant')).text).toBe('ens4\nvlan50\n');
  expect(lines(await type('controller-0', 'ovs-vsctl list-ports br-ex'))).toContain('ens5');
});

it("HAProxy's configuration, and where Pacemaker has the virtual address", async () => {
  const config = await type(
    'controller-1',
    'podman exec -uroot -it haproxy-bundle-podman-1 cat /etc/haproxy/haproxy.cfg',
  );
  expect(config.text.slice(config.text.indexOf('listen neutron'))).toBe(
    [
      'listen neutron',
      '  bind 10.0.0.122:9696 transparent',
      '  bind 172.17.1.48:9696 transparent',
      '  mode http',
      '  http-request set-header X-Forwarded-Proto https if { ssl_fc }',
      '  http-request set-header X-Forwarded-Proto http if !{ ssl_fc }',
      '  http-request set-header X-Forwarded-Port %[dst_port]',
      '  option httpchk',
      '  option httplog',
      '  server controller-0.internalapi.local 172.17.1.72:9696 check fall 5 inter 2000 rise 2',
      '  server controller-1.internalapi.local 172.17.1.101:9696 check fall 5 inter 2000 rise 2',
      '  server controller-2.internalapi.local 172.17.1.115:9696 check fall 5 inter 2000 rise 2',
      '',
    ].join('\n'),
  );
  expect((await type('controller-1', 'pcs status | grep 172.17.1.48')).text).toBe(
    '  * ip-172.17.1.48\t(ocf::heartbeat:IPaddr2):\t Started controller-0\n',
  );
  expect((await type('controller-0', 'ip a |grep 172.17.1.48')).text).toBe(
    '    inet 172.17.1.48/32 brd 172.17.1.255 scope global vlan20\n',
  );
});

it('the servers of both clouds, and the gateway of router1', async () => {
  const cells = ({ text }: Typed): string[][] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(2, -1),
      );
  const nodes = cells(await type('undercloud-0', 'source stackrc; openstack server list')).slice(1);
  expect(new Set(nodes.map((row) => row.join(' ')))).toEqual(
    new Set([
      'compute-0 ACTIVE ctlplane=192.168.24.14',
      'controller-0 ACTIVE ctlplane=192.168.24.15',
      'controller-1 ACTIVE ctlplane=192.168.24.37',
      'controller-2 ACTIVE ctlplane=192.168.24.10',
    ]),
  );
  expect(cells(await type('undercloud-0', 'source overcloudrc; openstack server list')).slice(1)).toEqual([
    ['cirros1', 'ACTIVE', 'private=192.168.0.166'],
  ]);
  const gateway = await type('undercloud-0', 'openstack router show router1 | grep gateway');
  expect(gateway.text).toContain(
    '| external_gateway_info | {"network_id": "fe8330fe-540a-4acf-bda8-394398fb4272", "external_fixed_ips": [{"subnet_id": "e388a080-1953-4cdd-9e35-48d416fe2ae1", "ip_address": "10.0.0.225"}]',
  );
});

it('the ping between controllers, seen on the management bridge in VLAN 20', async () => {
  const capture = type('hypervisor', 'tcpdump -i management -vvne icmp -c2');
  const ping = await type('controller-0', 'ping -c2 controller-1.internalapi.local');
  expect(
    lines(ping)
      .slice(0, 3)
      .map((line) => line.replace(/time=.*/, 'time')),
  ).toEqual([
    'PING controller-1.internalapi.redhat.local (172.17.1.101) 56(84) bytes of data.',
    '64 bytes from controller-1.redhat.local (172.17.1.101): icmp_seq=1 ttl=64 time',
    '64 bytes from controller-1.redhat.local (172.17.1.101): icmp_seq=2 ttl=64 time',
  ]);
  const seen = (from: string, to: string, flags: string): string =>
    `52:54:00:${from} > 52:54:00:${to}, ethertype 802.1Q (0x8100), length 102: vlan 20, p 0, ethertype IPv4 (0x0800), (tos 0x0, ttl 64, id N, offset 0, flags [${flags}], proto ICMP (1), length 84)`;
  expect(frames(await capture)).toEqual([
    seen('74:29:4f', '0b:ad:3b', 'DF'),
    '172.17.1.72 > 172.17.1.101: ICMP echo request, id N, seq N, length 64',
    seen('0b:ad:3b', '74:29:4f', 'none'),
    '172.17.1.101 > 172.17.1.72: ICMP echo reply, id N, seq N, length 64',
  ]);
  const macs = await type(
    'hypervisor',
    'brctl showmacs management | egrep "52:54:00:0b:ad:3b|52:54:00:74:29:4f"',
  );
  expect(lines(macs).map((line) => line.trim().split(/\s+/).slice(0, 3))).toEqual([
    ['3', '52:54:00:0b:ad:3b', 'no'],
    ['5', '52:54:00:74:29:4f', 'no'],
  ]);
});

it("the instance's ping over Geneve in VLAN 50, and on the external bridge after SNAT", async () => {
  const filter =
    '"(udp port 6081) and (udp[10:2] = 0x6558) and (udp[(8 + (4 * (2 + (udp[8:1] & 0x3f))) + 12):2] = 0x0800) and (udp[8 + (4 * (2 + (udp[8:1] & 0x3f))) + 14 + 9:1] = 01)"';
  const data = type('hypervisor', `tcpdump -i data -vvnne vlan 50 and ${filter} -c2`);
  const ping = await type('cirros1', 'ping -c2 8.8.8.8');
  expect(lines(ping)[1]).toMatch(/^64 bytes from 8\.8\.8\.8: icmp_seq=1 ttl=53 time=/);
  const outer = (from: string, to: string): string =>
    `${from} > ${to}, ethertype 802.1Q (0x8100), length 160: vlan 50, p 0, ethertype IPv4 (0x0800), (tos 0x0, ttl 64, id N, offset 0, flags [DF], proto UDP (17), length 142)`;
  const geneve = (from: string, to: string, vni: number, option: string): string =>
    `${from}.N > ${to}.6081: [udp] Geneve, Flags [C], vni 0x${vni}, proto TEB (0x6558), options [class Open Virtual Networking (OVN) (0x102) type 0x80(C) len 8 data ${option}]`;
  const inner = (macs: string, ttl: number, flags: string): string =>
    `${macs}, ethertype IPv4 (0x0800), length 98: (tos 0x0, ttl ${ttl}, id N, offset 0, flags [${flags}], proto ICMP (1), length 84)`;
  expect(frames(await data)).toEqual([
    outer('6a:9b:72:22:3f:68', '0e:d0:eb:00:1b:e7'),
    geneve('172.17.2.119', '172.17.2.143', 5, '00010003'),
    inner('fa:16:3e:a7:95:87 > 52:54:00:0c:eb:7c', 63, 'DF'),
    '192.168.0.166 > 8.8.8.8: ICMP echo request, id N, seq N, length 64',
    outer('0e:d0:eb:00:1b:e7', '6a:9b:72:22:3f:68'),
    geneve('172.17.2.143', '172.17.2.119', 3, '00040002'),
    inner('fa:16:3e:34:a2:0e > fa:16:3e:63:c0:7a', 53, 'none'),
    '8.8.8.8 > 192.168.0.166: ICMP echo reply, id N, seq N, length 64',
  ]);
  const external = type('hypervisor', 'tcpdump -i external icmp -vvnnee -c2');
  await type('cirros1', 'ping -c1 8.8.8.8');
  expect(frames(await external)).toEqual([
    inner('fa:16:3e:a7:95:87 > 52:54:00:0c:eb:7c', 63, 'DF'),
    '10.0.0.225 > 8.8.8.8: ICMP echo request, id N, seq N, length 64',
    inner('52:54:00:0c:eb:7c > fa:16:3e:a7:95:87', 54, 'none'),
    '8.8.8.8 > 10.0.0.225: ICMP echo reply, id N, seq N, length 64',
  ]);
});

it('brctl showmacs finds the nodes behind the MACs', async () => {
  const ports = async (bridge: string, ...macs: readonly string[]): Promise<string[]> =>
    lines(await type('hypervisor', `brctl showmacs ${bridge}`))
      .map((line) => line.trim().split(/\s+/).slice(0, 3).join(' '))
      .filter((line) => macs.some((mac) => line.includes(mac)));
  expect(
    (
      await ports('data', '6a:9b:72:22:3f:68', 'fe:54:00:c7:74:4b', '0e:d0:eb:00:1b:e7', 'fe:54:00:2f:9f:3e')
    ).toSorted(),
  ).toEqual([
    '2 6a:9b:72:22:3f:68 no',
    '2 fe:54:00:c7:74:4b yes',
    '2 fe:54:00:c7:74:4b yes',
    '3 0e:d0:eb:00:1b:e7 no',
    '3 fe:54:00:2f:9f:3e yes',
    '3 fe:54:00:2f:9f:3e yes',
  ]);
  expect(await ports('external', 'fa:16:3e:a7:95:87', 'fe:54:00:75:a5:ed')).toEqual([
    '3 fa:16:3e:a7:95:87 no',
    '3 fe:54:00:75:a5:ed yes',
    '3 fe:54:00:75:a5:ed yes',
  ]);
});

it('moves the virtual address when its node fails, and tells the network', async () => {
  const ask = async (): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const client = session.world.hosts.get('compute-0')?.kernel.tcpConnect(
        '',
        { family: 4, remote: 0xac110130n, remotePort: 9696 },
        {
          onData: (octets) => (text += decodeUtf8(octets)),
          onClosed: () => resolve(text),
        },
      );
      if (client?.ok) client.value.send(encodeUtf8('GET / HTTP/1.1\r\nHost: neutron\r\n\r\n'));
      void type('compute-0', 'sleep 1').then(() => resolve(text));
    });
  expect(await ask()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  const capture = type(
    'hypervisor',
    'tcpdump -i management -nne -c2 arp and src host 172.17.1.48 and ether src 52:54:00:0b:ad:3b',
  );
  await type('undercloud-0', 'sleep 0.1');
  session.world.hosts.get('hypervisor')?.libvirt?.destroy('controller-0');
  await type('controller-1', 'sleep 14');
  expect((await type('controller-1', 'pcs status | grep -e OFFLINE -e 172.17.1.48')).text).toBe(
    '  * OFFLINE: [ controller-0 ]\n  * ip-172.17.1.48\t(ocf::heartbeat:IPaddr2):\t Started controller-1\n',
  );
  expect(frames(await capture).filter((line) => line.includes('52:54'))).toEqual([
    '52:54:00:0b:ad:3b > ff:ff:ff:ff:ff:ff, ethertype 802.1Q (0x8100), length 46: vlan 20, p 0, ethertype ARP (0x0806), Request who-has 172.17.1.48 (ff:ff:ff:ff:ff:ff) tell 172.17.1.48, length 28',
    '52:54:00:0b:ad:3b > ff:ff:ff:ff:ff:ff, ethertype 802.1Q (0x8100), length 46: vlan 20, p 0, ethertype ARP (0x0806), Reply 172.17.1.48 is-at 52:54:00:0b:ad:3b, length 28',
  ]);
  expect(await ask()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(await type('controller-0', 'ip a')).toEqual({
    status: 255,
    text: 'ssh: connect to host controller-0 port 22: No route to host\n',
  });
});
