/** Queues that a switch tells of; texts as Open vSwitch 3.7.0 gives them. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';
import { OFCTL_COMMANDS } from './commands.table.ts';

const newSwitch = (): ((line: string) => string) =>
  oneSwitch(
    'ip link add p1 type veth peer name p1-far',
    'ovs-vsctl add-br br0 -- add-port br0 p1 -- set Interface p1 ofport_request=1',
    'ovs-vsctl add-port br0 t1 -- set Interface t1 type=vxlan options:remote_ip=192.0.2.1 ofport_request=3',
    'ovs-vsctl set port p1 qos=@q -- --id=@q create qos type=linux-htb queues=5=@a,2=@a -- --id=@a create queue other-config:priority=1',
    'sleep 1',
  );

const ask = (args: string): string => `ovs-ofctl ${args}`.replace(' br0', ' queue-get-config br0');

it.each([
  [
    'br0',
    'OFPT_QUEUE_GET_CONFIG_REPLY (xid=0x4): port=1\nqueue 0:\nqueue 2:\nqueue 5:\nOFPT_QUEUE_GET_CONFIG_REPLY (xid=0x5):\n',
  ],
  ['br0 t1', 'OFPT_QUEUE_GET_CONFIG_REPLY (xid=0x4):\n'],
  [
    '-O OpenFlow13 --names br0 any 9',
    'OFPT_QUEUE_GET_CONFIG_REPLY (OF1.3) (xid=0x2): port=ANY\nqueue 0:\nqueue 2:\nqueue 5:\n',
  ],
  ['-O OpenFlow14 --names br0 1 5', 'OFPST_QUEUE_DESC reply (OF1.4) (xid=0x2): port=p1\nqueue 5:\n'],
  [
    '-O OpenFlow14 br0 1 7',
    'OFPT_ERROR (OF1.4) (xid=0x2): NXQOFC_QUEUE_ERROR\nOFPST_QUEUE_DESC request (OF1.4) (xid=0x2): port=1 queue=7\n',
  ],
  [
    '-O OpenFlow14 br0 3 0',
    'OFPT_ERROR (OF1.4) (xid=0x2): OFPQOFC_BAD_QUEUE\nOFPST_QUEUE_DESC request (OF1.4) (xid=0x2): port=3 queue=0\n',
  ],
  [
    '-O OpenFlow13 br0 LOCAL',
    `OFPT_ERROR (OF1.3) (xid=0x2): OFPQOFC_BAD_PORT
OFPT_QUEUE_GET_CONFIG_REQUEST (OF1.3) (xid=0x2): ***decode error: OFPQOFC_BAD_PORT***
00000000  04 16 00 10 00 00 00 02-ff ff ff fe 00 00 00 00 |................|
`,
  ],
  ['br0 none5', "ovs-ofctl: br0: unknown port `none5'\n"],
  ['--no-names br0 p1', "ovs-ofctl: br0: unknown port `p1'\n"],
])('%s', (args, text) => {
  expect(newSwitch()(ask(args))).toBe(text);
});

it('lists every command, and each acts, asks for arguments or is refused by name', () => {
  const run = newSwitch();
  expect(run('ovs-ofctl list-commands').split('\n')).toHaveLength(OFCTL_COMMANDS.length + 2);
  for (const [name] of OFCTL_COMMANDS) expect(run(`ovs-ofctl ${name}`)).not.toContain('unknown command');
});
