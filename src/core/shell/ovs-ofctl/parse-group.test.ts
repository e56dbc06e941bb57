/** A group's text as a message; texts as Open vSwitch 3.7.0 gives them. */
import { expect, it } from 'vitest';
import { oneSwitch } from '../fixture/one-switch.ts';

const run = (line: string): string => oneSwitch()(line);

it.each([
  [
    "parse-group 'group_id=5,type=ff,bucket=watch_port:1,actions=ct(commit),bucket=bucket_id:7,watch_group:3,drop'",
    `usable protocols: any
chosen version: OpenFlow10
NXT_GROUP_MOD (xid=0x1):
 ADD group_id=5,type=ff,bucket=bucket_id:0,watch_port:1,actions=ct(commit),bucket=bucket_id:7,watch_group:3,actions=drop
`,
  ],
  [
    '-O OpenFlow12 parse-group group_id=5,type=all,bucket=push_vlan:0x8100,output:1',
    `usable protocols: OXM,OpenFlow11
chosen version: OpenFlow12
OFPT_GROUP_MOD (OF1.2) (xid=0x1):
 ADD group_id=5,type=all,bucket=actions=push_vlan:0x8100,output:1
`,
  ],
  [
    'parse-group group_id=5,type=all,bucket=push_vlan:0x8100,output:1',
    'usable protocols: OXM,OpenFlow11\novs-ofctl: no usable protocol\n',
  ],
  ['parse-group group_id=5,type=foo', 'ovs-ofctl: invalid group type foo\n'],
  [
    '--read-only parse-group group_id=5,type=all',
    "ovs-ofctl: 'parse-group' command does not work in read only mode\n",
  ],
])('%s', (args, text) => {
  expect(run(`ovs-ofctl ${args}`)).toBe(text);
});
