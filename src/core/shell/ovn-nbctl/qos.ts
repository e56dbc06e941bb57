/** QoS rules of switches. */
import { parseUuid } from '../../base/uuid.ts';
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { scanInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { parseDirection, parsePriority } from './arguments.ts';
import { compareText, getSwitch, type NbctlContext } from './lookup.ts';

type Qos = NbRow<'QoS'>;

const compareQos = (a: Qos, b: Qos): number =>
  Number(a.direction === 'to-lport') - Number(b.direction === 'to-lport') ||
  b.priority - a.priority ||
  compareText(a.match, b.match);

interface QosValues {
  dscp?: number;
  mark?: number;
  rate?: number;
  burst?: number;
}

function parseValues(words: readonly string[]): QosValues {
  const values: QosValues = {};
  const number = (text: string, least: number, most: number, message: string): number => {
    const value = scanInteger(text) ?? least - 1;
    return value >= least && value <= most ? value : fail(`${text}: ${message}`);
  };
  for (const word of words) {
    const [, name = '', text = ''] = /^(dscp|mark|rate|burst)=(.*)$/s.exec(word) ?? [];
    switch (name) {
      case 'dscp':
        values.dscp = number(text, 0, 63, 'dscp must be in the range 0...63');
        break;
      case 'mark':
        values.mark = number(text, 0, Infinity, 'mark must be a positive integer');
        break;
      case 'rate':
      case 'burst':
        values[name] = number(text, 1, 0xffffffff, `${name} must be in the range 1...4294967295`);
        break;
      default:
        fail(`${word}: supported arguments are "dscp=", "rate=", "burst=" and "mark="`);
    }
  }
  return values;
}

function addQos(ctx: NbctlContext): void {
  const [, id = '', directionText = '', priorityText = '', match = '', ...words] = ctx.argv;
  const direction = parseDirection(directionText);
  const priority = parsePriority(priorityText);
  const row = getSwitch(ctx, id);
  const { dscp, mark = 0, rate = 0, burst = 0 } = parseValues(words);
  if (dscp === undefined && rate === 0 && mark === 0)
    fail('Either "mark", "rate" and/or "dscp" must be specified');
  const action = new Map<'dscp' | 'mark', number>();
  if (dscp !== undefined) action.set('dscp', dscp);
  if (mark !== 0) action.set('mark', mark);
  const bandwidth = new Map<'rate' | 'burst', number>();
  if (rate !== 0) bandwidth.set('rate', rate);
  if (rate !== 0 && burst !== 0) bandwidth.set('burst', burst);
  const uuid = ctx.insert('QoS', { priority, direction, match, action, bandwidth });
  const made = ctx.target('QoS', uuid);
  if (ctx.targets('QoS', row.qos_rules).some((rule) => compareQos(rule, made) === 0)) {
    if (!ctx.has('--may-exist')) fail(`Same qos already existed on the ls ${id}.`);
    return;
  }
  ctx.update('Logical_Switch', row._uuid, { qos_rules: [...row.qos_rules, uuid] });
}

function deleteQos(ctx: NbctlContext): void {
  const [, id = '', second, priorityText, match] = ctx.argv;
  const row = getSwitch(ctx, id);
  const rules = ctx.targets('QoS', row.qos_rules);
  const keep = (isGone: (rule: Qos) => boolean): void =>
    ctx.update('Logical_Switch', row._uuid, {
      qos_rules: rules.filter((rule) => !isGone(rule)).map(({ _uuid }) => _uuid),
    });
  if (second === undefined) return keep(() => true);
  const uuid = parseUuid(second);
  const direction = uuid === undefined ? parseDirection(second) : undefined;
  if (priorityText === undefined) {
    if (uuid === undefined) return keep((rule) => rule.direction === direction);
    if (!row.qos_rules.includes(uuid)) fail('uuid is not found');
    return keep((rule) => rule._uuid === uuid);
  }
  if (uuid !== undefined) fail('uuid must be the only argument');
  const priority = parsePriority(priorityText);
  if (match === undefined) fail('cannot specify priority without match');
  const gone = rules.find(
    (rule) => rule.priority === priority && rule.match === match && rule.direction === direction,
  );
  return gone === undefined ? undefined : keep((rule) => rule === gone);
}

function qosText({ direction, priority, match, bandwidth, action }: Qos): string {
  const words = [
    ...(['rate', 'burst'] as const).flatMap((key) =>
      bandwidth.has(key) ? [` ${key}=${bandwidth.get(key)}`] : [],
    ),
    ...[...action].map(([key, value]) => ` ${key}=${value}`),
  ];
  return `${direction.padStart(10)} ${String(priority).padStart(5)} (${match})${words.join('')}\n`;
}

export const QOS_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'qos-add',
    least: 5,
    most: 7,
    synopsis: 'SWITCH DIRECTION PRIORITY MATCH [rate=RATE [burst=BURST]] [dscp=DSCP]',
    options: '--may-exist',
    writes: true,
    run: addQos,
  },
  {
    name: 'qos-del',
    least: 1,
    most: 4,
    synopsis: 'SWITCH [{DIRECTION | UUID} [PRIORITY MATCH]]',
    options: '',
    writes: true,
    run: deleteQos,
  },
  {
    name: 'qos-list',
    least: 1,
    most: 1,
    synopsis: 'SWITCH',
    options: '',
    writes: false,
    run(ctx) {
      const { qos_rules } = getSwitch(ctx, ctx.argument(1));
      ctx.print(ctx.targets('QoS', qos_rules).sort(compareQos).map(qosText).join(''));
    },
  },
];
