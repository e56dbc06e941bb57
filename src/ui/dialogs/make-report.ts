/** Gathers what a report of the run in view tells. */
import type { PacketRow, RunSummary } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { formatScript, type Report } from '../../export/index.ts';
import { stepRows, type RunTree } from '../../view/index.ts';
import type { Session } from '../engine/session.ts';
import { faultText } from '../faults/fault-words.ts';
import { stepPlace } from '../inspector/step-words.ts';
import { cut, reportTables } from './report-tables.ts';

/** More decisions than this are a table dump and no report. */
const MOST_DECISIONS = 60;

interface ReportParts {
  readonly session: Session;
  readonly title: string;
  /** Of this page, without what follows `#`. */
  readonly address: string;
  readonly svg: string;
  readonly snapshot: WorldSnapshot;
  readonly run: RunSummary | null;
  readonly tree: RunTree;
}

export async function makeReport({
  session,
  title,
  address,
  svg,
  snapshot,
  run,
  tree,
}: ReportParts): Promise<Report> {
  const rows = run ? stepRows(tree, 'stage') : [];
  const deciding = rows
    .filter(({ tone }) => tone === 'deciding' || tone === 'dropped')
    .slice(0, MOST_DECISIONS);
  const details = await Promise.all(
    deciding.map((row) => session.call('step', { run: run?.id ?? -1, step: row.from })),
  );
  const captures = await session.call('captures', null);
  const texts = await Promise.all(
    captures.map(({ id }) => session.call('captureText', { id, options: ['-n', '-e'] })),
  );
  const passed = run
    ? await session.call('packets', { source: { kind: 'run', run: run.id }, filter: '' })
    : { rows: [] };
  const tables = await reportTables(session, run ? tree.steps : []);
  const { commands, scenario } = await session.call('document', { page: null });
  return {
    title,
    subtitle: run ? `${run.title}: ${tree.steps.length} steps` : 'No packet was sent.',
    svg,
    path: rows.map(({ number, host, where, stage, result, tone }) => ({
      number,
      host,
      where,
      stage,
      result,
      tone,
    })),
    decisions: deciding.flatMap((row, at) => {
      const detail = details[at];
      if (!detail || (detail.because.length === 0 && detail.conclusion === '')) return [];
      return [
        {
          step: row.from + 1,
          place: stepPlace(detail.step),
          result: detail.conclusion === '' ? `${row.stage}: ${row.result}` : detail.conclusion,
          rows: detail.because.map(({ title: name, place, reference, lines }) => ({
            title: name,
            place,
            reference,
            lines,
          })),
        },
      ];
    }),
    tables,
    captures: [
      ...captures.map(({ host, namespace, device, filter }, at) => ({
        command: `[root@${host} ~]# ${namespace === '' ? '' : `ip netns exec ${namespace} `}tcpdump -n -e -i ${device}${filter === '' ? '' : ` ${filter}`}`,
        text: texts[at] ?? '',
      })),
      ...(passed.rows.length === 0
        ? []
        : [{ command: 'every device of this run', text: cut(passed.rows.map(rowText).join('\n')) }]),
    ],
    faults: snapshot.faults.flatMap(({ fault, until }) =>
      until === null ? [faultText(fault, snapshot)] : [],
    ),
    again:
      commands.length === 0
        ? null
        : {
            address: scenario === null ? null : `${address}#/s/${scenario}`,
            script: formatScript(title, commands),
          },
    footer: 'Made with Hopscope: OVN 26.03, Open vSwitch 3.7 and Linux, simulated.',
  };
}

/** `+0.000060 worker1 eth1 out: IP ...`. */
const rowText = (row: PacketRow, _at: number, { 0: first }: readonly PacketRow[]): string => {
  const after = ((row.time - (first?.time ?? 0)) / 1e9).toFixed(6);
  const where = [row.host, row.namespace, row.device].filter((part) => part !== '').join(' ');
  return `+${after} ${where} ${row.direction}: ${row.text}`;
};
