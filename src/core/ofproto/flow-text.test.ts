import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatActions, parseActions } from './actions/act-list.ts';
import { parseFlow } from './flow-parse.ts';
import { formatFlow } from './flow-text.ts';
import { formatGroup, groupOf, parseGroup } from './group-text.ts';
import { formatMeter, parseMeter } from './meter-text.ts';

const GOLDEN = new URL('../../../golden/ofproto/', import.meta.url);

const recorded = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((name) => /dump-flows-[^/]*\.txt$/.test(name))
  .flatMap((name) => readFileSync(new URL(name, GOLDEN), 'utf8').split('\n'))
  .filter((line) => line.startsWith(' '))
  .map((line) => line.slice(1));

describe('flows', () => {
  it('are printed as they were recorded', () => {
    expect(recorded.length).toBeGreaterThan(50);
    for (const row of recorded) {
      const parsed = parseFlow(row, 'add', { printed: true });
      if (!parsed.ok) throw new Error(`${row}: ${parsed.error}`);
      const { table, newCookie, ...mod } = parsed.value;
      expect(formatFlow({ ...mod, table: table ?? 0, cookie: newCookie ?? 0n })).toBe(row);
    }
  });

  it.each([
    ['tcp,tp_dst=80', 'must specify an action'],
    ['tcp,tp_dst=http actions=drop', 'http: bad syntax for tcp_dst value'],
    ['foo=1 actions=drop', 'unknown keyword foo'],
    ['actions=output:foo', 'foo: output to unknown port'],
    ['priority=99999 actions=drop', 'invalid priority "99999"'],
  ])('that are wrong (%s) are refused', (text, expected) => {
    const parsed = parseFlow(text, 'add');
    expect(parsed.ok ? 'taken' : parsed.error).toBe(expected);
  });
});

describe('actions', () => {
  const check = (text: string, expected = text): void => {
    const parsed = parseActions(text);
    expect(parsed.ok ? formatActions(parsed.value.actions) : parsed.error).toBe(expected);
  };
  it.each([
    'output:1,output:2',
    'ct(commit,zone=5,nat(src=192.0.2.1-192.0.2.9:1-100),exec(set_field:0x1->ct_mark))',
    'clone(set_field:5->ip_dscp,output:3)',
    'controller(reason=no_match,max_len=128,id=7)',
    'learn(table=1,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])',
    'drop',
  ])('%s stays as it is', (text) => check(text));
});

describe('groups and meters', () => {
  const group = (text: string): string => {
    const parsed = parseGroup(text, 'add');
    return parsed.ok ? formatGroup(groupOf(parsed.value)) : parsed.error;
  };
  it.each([
    [
      'group_id=1,type=select,bucket=output:1,bucket=weight:5,output:2',
      'group_id=1,type=select,bucket=bucket_id:0,actions=output:1,bucket=bucket_id:1,weight:5,actions=output:2',
    ],
    [
      'group_id=2,type=select,selection_method=hash,fields(ip_src,ip_dst),bucket=output:1',
      'group_id=2,type=select,selection_method=hash,fields(ip_src,ip_dst),bucket=bucket_id:0,actions=output:1',
    ],
    ['type=all', 'must specify a group_id'],
    ['group_id=1', 'must specify a type'],
    ['group_id=1,type=ff,bucket=output:1', 'fast failover bucket requires watch_port or watch_group'],
    ['group_id=1,type=all,bucket=weight:3,output:1', 'Only select groups can have bucket weights.'],
    ['group_id=1,type=nosuch', 'invalid group type nosuch'],
  ])('%s', (text, expected) => expect(group(text)).toBe(expected));

  const meter = (text: string): string => {
    const parsed = parseMeter(text, true);
    return parsed.ok ? formatMeter(parsed.value) : parsed.error;
  };
  it.each([
    ['meter=1,kbps,band=type=drop,rate=8000', 'meter=1 kbps bands=\ntype=drop rate=8000\n'],
    ['meter=1,kbps', 'must specify bands'],
    ['meter=1,pktps,burst,band=type=drop,rate=1', "band must have 'burst_size' when 'burst' flag is set"],
    ['kbps,band=type=drop,rate=1', "must specify 'meter'"],
  ])('%s', (text, expected) => expect(meter(text)).toBe(expected));
});
