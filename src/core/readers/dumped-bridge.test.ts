import { expect, it } from 'vitest';
import { formatMatch } from '../flow/match-text.ts';
import { formatActions } from '../ofproto/actions/act-list.ts';
import { readDumpedBridge } from './dumped-bridge.ts';

const NOTHING = { flows: '', ports: '', groups: '', meters: '' };

/** As a terminal shows it: names of ports, in quotes where they are no plain words. */
const FLOWS = `
 cookie=0x1, duration=9.5s, table=0, n_packets=4, n_bytes=98, priority=10,arp,in_port="qvo1a2b-3c" actions=resubmit(,24)
 cookie=0x1, duration=9.5s, table=0, n_packets=0, n_bytes=0, priority=2,in_port=tap1 actions=output:"qvo1a2b-3c",output:2,LOCAL
 cookie=0x1, duration=9.5s, table=0, n_packets=0, n_bytes=0, priority=0 actions=group:1
`;

it('gives the ports that a dump names numbers of their own', () => {
  const groups = ' group_id=1,type=all,bucket=actions=output:"patch-tun",bucket=actions=output:tap1\n';
  const { ports, flows, groups: read, problems } = readDumpedBridge({ ...NOTHING, flows: FLOWS, groups });
  expect(problems).toEqual([]);
  expect(ports).toEqual([
    { name: 'patch-tun', number: 1 },
    { name: 'qvo1a2b-3c', number: 3 },
    { name: 'tap1', number: 4 },
    { name: 'port2', number: 2 },
  ]);
  expect(flows.map(({ spec }) => `${formatMatch(spec.match)} ${formatActions(spec.actions)}`)).toEqual([
    'arp,in_port=3 resubmit(,24)',
    'in_port=4 output:3,output:2,LOCAL',
    ' group:1',
  ]);
  expect(read[0]?.buckets.map(({ actions }) => formatActions(actions))).toEqual(['output:1', 'output:4']);
});

it('takes the numbers that show tells, and says which name it does not tell', () => {
  const ports = ' 7(tap1): addr:00:00:00:00:00:01\n LOCAL(br-int): addr:00:00:00:00:00:02\n';
  const { name, flows, problems } = readDumpedBridge({ ...NOTHING, flows: FLOWS, ports });
  expect(name).toBe('br-int');
  expect(problems.map(({ place }) => place?.line)).toEqual([2, 3]);
  expect(flows).toHaveLength(1);
});
