import { expect, it } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import {
  type Database,
  type SbTxn,
  createDatabase,
  sbSchema,
  writeDatabaseFile,
} from '../../core/ovsdb/index.ts';
import { DEFAULT_TRACE_OPTIONS, SouthboundTrace, printTrace } from '../../core/ovn/trace/index.ts';
import type { GoldenFolder } from '../runner.ts';
import { PlannedDraws, traceRunner } from './trace.ts';

const MICROFLOW = 'inport == "p1" && ip4';

function database(): Database {
  const made = createDatabase(sbSchema, createRandom(5));
  made.transact((txn: SbTxn) => {
    const datapath = txn.insert('Datapath_Binding', { tunnel_key: 1 });
    txn.insert('Port_Binding', { datapath, logical_port: 'p1', tunnel_key: 1 });
    const actions = 'reg1[0..15] = select(1=50, 2=100, 3=100);';
    txn.insert('Logical_Flow', {
      logical_datapath: datapath,
      pipeline: 'ingress',
      table_id: 0,
      match: 'ip',
      actions,
    });
  });
  return made as unknown as Database;
}

function points(change: (recorded: Record<string, unknown>) => void): boolean[] {
  const made = database();
  const draws = new PlannedDraws();
  draws.below(3);
  draws.advance();
  const options = { ...DEFAULT_TRACE_OPTIONS, random: draws };
  const trace = new SouthboundTrace(made).trace({ datapath: undefined, microflow: MICROFLOW }, options);
  if (!trace.ok) throw new Error(trace.error);
  const text = (form: 'detailed' | 'summary' | 'minimal'): string =>
    trace.ok ? `# ${trace.value.packet}\n${printTrace(trace.value.root, form)}` : '';
  const recorded = {
    datapath: '',
    microflow: MICROFLOW,
    options: [],
    status: 0,
    stderr: '',
    detailed: text('detailed'),
    summary: text('summary'),
    minimal: text('minimal'),
  };
  expect(recorded.detailed).toContain('= 2 /* Randomly selected');
  change(recorded);
  const folder: GoldenFolder = {
    list: (path) => (path === 'ovn' ? ['case'] : path === 'ovn/case/trace' ? ['00.json'] : []),
    exists: (path) => path === 'ovn/case/trace' || path === 'ovn/case/ovnsb_db.db',
    text: () => JSON.stringify(recorded),
    octets: () => writeDatabaseFile(made),
  };
  return [...traceRunner.run(folder, () => true)].map(({ pass }) => pass);
}

it('takes any draw of the real program', () => {
  expect(points(() => undefined)).toEqual([true, true, true]);
});

it.each([
  ['detailed', 0, (text: string) => text.replace('priority 0', 'priority 1')],
  ['summary', 1, (text: string) => text.replace('= 2 /*', '= 4 /*')],
  ['minimal', 2, (text: string) => `${text}\n`],
] as const)('catches a %s text that differs', (form, at, change) => {
  const passes = points((recorded) => {
    recorded[form] = change(recorded[form] as string);
  });
  expect(passes.map((pass, index) => pass === (index !== at))).toEqual([true, true, true]);
});

it('catches another status and another message', () => {
  expect(points((recorded) => void (recorded['status'] = 1))).toEqual([false, false, false]);
  expect(points((recorded) => void (recorded['stderr'] = 'x'))).toEqual([false, false, false]);
});

it('plans every combination of draws once', () => {
  const draws = new PlannedDraws();
  const seen: string[] = [];
  do seen.push(`${draws.below(2)}${draws.below(3)}`);
  while (draws.advance());
  expect(seen).toEqual(['00', '01', '02', '10', '11', '12']);
});
