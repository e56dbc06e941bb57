/** Mirrors and their rules. */
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { toInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { normalAddress } from './address-text.ts';
import { parsePriority } from './arguments.ts';
import { compareText, findSwitchPort, getMirror, type NbctlContext } from './lookup.ts';

type Mirror = NbRow<'Mirror'>;
type MirrorRule = NbRow<'Mirror_Rule'>;

const TYPES = ['gre', 'erspan', 'local', 'lport'] as const;

function parseFilter(text: string): Mirror['filter'] {
  if (text.startsWith('t')) return 'to-lport';
  if (text.startsWith('f')) return 'from-lport';
  if (text.startsWith('b')) return 'both';
  return fail(`${text}: selection must be "to-lport", "from-lport", or "both"`);
}

function addMirror(ctx: NbctlContext): void {
  const [, name = '', typeText = '', ...rest] = ctx.argv;
  if (ctx.find('Mirror', 'name', name).length > 0) fail(`Mirror with ${name} name already exists.`);
  const type =
    TYPES.find((each) => each === typeText) ??
    fail(`${typeText}: type must be "gre", "erspan", or "local" or "lport"`);
  const isRemote = type === 'gre' || type === 'erspan';
  const index = isRemote ? (toInteger(rest.shift() ?? '') ?? fail('Invalid Index')) : -1;
  const filter = parseFilter(rest.shift() ?? '');
  const sink = rest.shift() ?? '';
  if (isRemote && normalAddress(sink) === undefined) fail(`Invalid sink ip: ${sink}`);
  if (type === 'lport' && findSwitchPort(ctx, sink) === undefined)
    ctx.warn(`Attaching target to non existing port with name ${sink}.`);
  ctx.insert('Mirror', { name, index, filter, type, sink });
}

const compareRules = (a: MirrorRule, b: MirrorRule): number =>
  a.priority - b.priority || compareText(a.match, b.match) || compareText(a.action, b.action);

function addRule(ctx: NbctlContext): void {
  const [, id = '', priorityText = '', match = '', action = ''] = ctx.argv;
  const mirror = getMirror(ctx, id);
  const priority = parsePriority(priorityText);
  if (action !== 'mirror' && action !== 'skip')
    return fail(`${action}: action must be one of "mirror", "skip"`);
  const isSame = (rule: MirrorRule): boolean =>
    rule.priority === priority && rule.match === match && rule.action === action;
  if (ctx.targets('Mirror_Rule', mirror.mirror_rules).some(isSame))
    return fail(`Same mirror-rule already exists on the mirror ${id}.`);
  const made = ctx.insert('Mirror_Rule', { match, action, priority });
  return ctx.update('Mirror', mirror._uuid, { mirror_rules: [...mirror.mirror_rules, made] });
}

function deleteRules(ctx: NbctlContext): void {
  const [, id = '', priorityText, match] = ctx.argv;
  const mirror = getMirror(ctx, id);
  const rules = ctx.targets('Mirror_Rule', mirror.mirror_rules);
  const priority = priorityText === undefined ? undefined : parsePriority(priorityText);
  const hits = rules.filter(
    (rule) =>
      (priority === undefined || rule.priority === priority) && (match === undefined || rule.match === match),
  );
  // With a priority alone only the first rule of it goes.
  const gone = priority !== undefined && match === undefined ? hits.slice(0, 1) : hits;
  const mirror_rules = rules.filter((rule) => !gone.includes(rule)).map(({ _uuid }) => _uuid);
  ctx.update('Mirror', mirror._uuid, { mirror_rules });
}

function mirrorText(ctx: NbctlContext, mirror: Mirror): string {
  const isRemote = mirror.type === 'gre' || mirror.type === 'erspan';
  const rules = ctx
    .targets('Mirror_Rule', mirror.mirror_rules)
    .sort(compareRules)
    .map(
      ({ priority, match, action }) =>
        `       ${String(priority).padStart(5)} ${match.padStart(30)} ${action.padStart(15)}\n`,
    );
  return [
    `${mirror.name}:\n  Type     :  ${mirror.type}\n  Sink     :  ${mirror.sink}\n  Filter   :  ${mirror.filter}\n`,
    isRemote ? `  Index/Key:  ${mirror.index}\n` : '',
    rules.length === 0 ? '' : `  Rules    :\n${rules.join('')}`,
    '\n',
  ].join('');
}

export const MIRROR_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'mirror-add',
    least: 4,
    most: 5,
    synopsis: 'NAME TYPE INDEX FILTER SINK',
    options: '--may-exist',
    writes: true,
    run: addMirror,
  },
  {
    name: 'mirror-del',
    least: 0,
    most: 1,
    synopsis: '[NAME]',
    options: '',
    writes: true,
    run(ctx) {
      const [, name] = ctx.argv;
      const gone = name === undefined ? ctx.rows('Mirror') : ctx.find('Mirror', 'name', name).slice(0, 1);
      for (const { _uuid } of gone) ctx.delete('Mirror', _uuid);
    },
  },
  {
    name: 'mirror-list',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      for (const mirror of ctx.rows('Mirror').sort((a, b) => compareText(a.name, b.name)))
        ctx.print(mirrorText(ctx, mirror));
    },
  },
  {
    name: 'mirror-rule-add',
    least: 4,
    most: 4,
    synopsis: 'MIRROR-NAME PRIORITY MATCH ACTION',
    options: '',
    writes: true,
    run: addRule,
  },
  {
    name: 'mirror-rule-del',
    least: 1,
    most: 3,
    synopsis: 'MIRROR-NAME [PRIORITY MATCH]',
    options: '',
    writes: true,
    run: deleteRules,
  },
];
