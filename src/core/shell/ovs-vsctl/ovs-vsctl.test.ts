import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { createDatabase, vswitchSchema, type Database } from '../../ovsdb/index.ts';
import { playSession } from '../ovsdb/session.ts';
import { ovsVsctl } from './ovs-vsctl.ts';

it('does and prints what the real program did', () => {
  const recorded = readFileSync(new URL('./bridges.session.txt', import.meta.url), 'utf8');
  const database = createDatabase(vswitchSchema, createRandom(1)) as unknown as Database;
  expect(playSession(recorded, ovsVsctl, database)).toBe(recorded);
});

it('says which settings are kept and not acted on, when they are made', () => {
  const database = createDatabase(vswitchSchema, createRandom(1)) as unknown as Database;
  const said = (line: string): string => {
    const session = `$ ovs-vsctl --no-wait ${line}\n`;
    return playSession(session, ovsVsctl, database).slice(session.length);
  };
  expect(said('add-br br0')).toBe('');
  const kept = said(
    '-- --id=@n create NetFlow targets=\\"10.0.0.1:9\\" -- set bridge br0 netflow=@n mcast_snooping_enable=true',
  );
  expect(kept).toContain('ovs-vsctl: NetFlow of br0 is kept, but not modelled here\n');
  expect(kept).toContain('ovs-vsctl: mcast_snooping_enable of br0 is kept, but not modelled here\n');
  expect(said('set bridge br0 other_config:x=y')).toBe('');
  expect(said('clear bridge br0 netflow')).toBe('');
  const datapath = (type: string): string =>
    `-- --id=@${type} create Datapath datapath_version=0 -- set Open_vSwitch . datapaths:${type}=@${type}`;
  said(`${datapath('system')} ${datapath('netdev')}`);
  const timeouts = 'zone=3 udp_first=5 udp_single=6 tcp_unack=7';
  expect(said(`add-zone-tp system ${timeouts} -- add-zone-tp netdev ${timeouts}`)).toBe(
    ['udp_first', 'tcp_unack']
      .map((name) => `ovs-vsctl: ${name} of zone 3 is kept, but not modelled here\n`)
      .join(''),
  );
});
