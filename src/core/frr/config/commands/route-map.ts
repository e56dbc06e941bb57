/** The node route-map: entries with their matches, sets and exits. */
import { present } from '../../../base/assert.ts';
import { MATCH_RULES } from '../../policy/match-rules.table.ts';
import { SET_RULES, type SetRule } from '../../policy/set-rules.table.ts';
import { command, failed, OK, type ConfigCommand, type Edit, type Reply } from '../command.ts';
import type { Args } from '../match.ts';
import type { RouteMapEntry, RouteMapRule } from '../policy-config.ts';

/** The entry whose node is open; it is made anew when it was deleted meanwhile. */
function openEntry(edit: Edit): RouteMapEntry {
  const name = present(edit.position.name, 'route map of the node');
  const seq = present(edit.position.seq, 'sequence number of the node');
  const known = edit.config.routeMaps.get(name)?.entries.find((entry) => entry.seq === seq);
  return known ?? emptyEntry(seq, 'permit');
}

const emptyEntry = (seq: number, verdict: 'permit' | 'deny'): RouteMapEntry => ({
  seq,
  verdict,
  description: null,
  matches: [],
  sets: [],
  call: null,
  onMatch: null,
});

function store(edit: Edit, name: string, entry: RouteMapEntry): Reply {
  const map = edit.config.routeMaps.get(name) ?? { name, entries: [], optimization: true };
  const entries = [...map.entries.filter((one) => one.seq !== entry.seq), entry].sort(
    (a, b) => a.seq - b.seq,
  );
  edit.config.routeMaps.set(name, { ...map, entries });
  edit.changed({ kind: 'route-map', name });
  return OK;
}

const change = (edit: Edit, entry: RouteMapEntry): Reply => store(edit, edit.position.name ?? '', entry);

/** Rules of more than one value: of the lines of a file bgpd makes them last. */
const FINISHED_LAST: ReadonlySet<string> = new Set([
  'community',
  'large-community',
  'extcommunity',
  'extcommunity bandwidth',
  'aggregator as',
]);

/** One rule of a kind: a new one takes the place of the old. */
function withRule(edit: Edit, rules: readonly RouteMapRule[], rule: RouteMapRule): RouteMapRule[] {
  const others = rules.filter((one) => one.rule !== rule.rule);
  if (!edit.readsFile || FINISHED_LAST.has(rule.rule)) return [...others, rule];
  const last = others.findLastIndex((one) => !FINISHED_LAST.has(one.rule)) + 1;
  return [...others.slice(0, last), rule, ...others.slice(last)];
}

function setCommands(rule: SetRule): ConfigCommand[] {
  const words = (tail: string): string => `set ${rule.rule}${tail === '' ? '' : ` ${tail}`}`;
  return [
    command('route-map', rule.syntax.map(words), (edit, args) => {
      const typed = args.find('argument') ?? '';
      const argument = rule.normalise ? rule.normalise(typed) : typed;
      if (argument === undefined)
        return rule.complaint
          ? failed(rule.complaint(typed))
          : { text: '% [BGP] Argument form is unsupported or malformed.\n', status: 'warning' };
      const entry = openEntry(edit);
      return change(edit, { ...entry, sets: withRule(edit, entry.sets, { rule: rule.rule, argument }) });
    }),
    command(
      'route-map',
      rule.no.map((tail) => `no ${words(tail)}`),
      (edit) => {
        const entry = openEntry(edit);
        return change(edit, { ...entry, sets: entry.sets.filter((one) => one.rule !== rule.rule) });
      },
    ),
  ];
}

const matchCommands: readonly ConfigCommand[] = MATCH_RULES.flatMap((rule) => {
  // A choice with words after it is kept as one argument.
  const argument =
    rule.argument.includes('] ') || rule.argument.includes('> [')
      ? `<${rule.argument.replace(/\$argument$/, '')}>$argument`
      : rule.argument;
  return [
    command('route-map', `match ${rule.rule} ${argument}`, (edit, args) => {
      const entry = openEntry(edit);
      const typed = args.find('argument') ?? '';
      return change(edit, {
        ...entry,
        matches: withRule(edit, entry.matches, { rule: rule.rule, argument: typed }),
      });
    }),
    command('route-map', `no match ${rule.rule} ${rule.no}`, (edit) => {
      const entry = openEntry(edit);
      return change(edit, { ...entry, matches: entry.matches.filter((one) => one.rule !== rule.rule) });
    }),
  ];
});

function enter(edit: Edit, args: Args): Reply {
  const name = args.get('name');
  const seq = args.number('seq');
  const verdict = args.has('deny') ? 'deny' : 'permit';
  const known = edit.config.routeMaps.get(name)?.entries.find((entry) => entry.seq === seq);
  if (known?.verdict !== verdict) store(edit, name, known ? { ...known, verdict } : emptyEntry(seq, verdict));
  return { enter: { node: 'route-map', name, seq } };
}

function goto(edit: Edit, args: Args): Reply {
  const entry = openEntry(edit);
  if (args.no) return change(edit, { ...entry, onMatch: null });
  const seq = args.findNumber('seq');
  if (entry.verdict === 'deny') return failed('% Configuration failed.\n\nError type: validation');
  if (seq === undefined) return change(edit, { ...entry, onMatch: { kind: 'next' } });
  if (seq <= entry.seq) return failed('% Configuration failed.\n\nError type: validation');
  return change(edit, { ...entry, onMatch: { kind: 'goto', seq } });
}

export const ROUTE_MAP_COMMANDS: readonly ConfigCommand[] = [
  command('config', 'route-map RMAP_NAME$name <deny|permit> (1-65535)$seq', enter),
  command('config', 'no route-map RMAP_NAME$name', (edit, args) => {
    if (edit.config.routeMaps.delete(args.get('name')))
      edit.changed({ kind: 'route-map', name: args.get('name') });
    return OK;
  }),
  command('config', 'no route-map RMAP_NAME$name <deny|permit> (1-65535)$seq', (edit, args) => {
    const name = args.get('name');
    const map = edit.config.routeMaps.get(name);
    if (!map) return OK;
    const entries = map.entries.filter((entry) => entry.seq !== args.number('seq'));
    if (entries.length === 0) edit.config.routeMaps.delete(name);
    else edit.config.routeMaps.set(name, { ...map, entries });
    edit.changed({ kind: 'route-map', name });
    return OK;
  }),
  command('config', '[no] route-map RMAP_NAME$name optimization', (edit, args) => {
    const name = args.get('name');
    const map = edit.config.routeMaps.get(name) ?? { name, entries: [], optimization: true };
    edit.config.routeMaps.set(name, { ...map, optimization: !args.no });
    return OK;
  }),
  ...matchCommands,
  command('route-map', 'match peer local', (edit) => {
    const entry = openEntry(edit);
    return change(edit, {
      ...entry,
      matches: withRule(edit, entry.matches, { rule: 'peer', argument: 'local' }),
    });
  }),
  ...SET_RULES.flatMap(setCommands),
  command('route-map', ['on-match next', 'no on-match next', 'no on-match goto'], goto),
  command(
    'route-map',
    ['on-match goto (1-65535)$seq', 'continue (1-65535)$seq', 'no continue [(1-65535)]'],
    goto,
  ),
  command('route-map', ['call WORD$map', 'no call [NAME]'], (edit, args) =>
    change(edit, { ...openEntry(edit), call: args.no ? null : args.get('map') }),
  ),
  command('route-map', ['description LINE...$text', 'no description'], (edit, args) =>
    change(edit, { ...openEntry(edit), description: args.no ? null : args.get('text') }),
  ),
];
