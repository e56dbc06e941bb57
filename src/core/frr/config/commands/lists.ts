/** Prefix lists, access lists, AS-path lists and the three kinds of community lists. */
import { parseIpv4 } from '../../../base/address.ts';
import { formatPrefix, network, parsePrefix, widthOf, type Family } from '../../prefix.ts';
import { readCommunities, readExtendedCommunities, readLargeCommunities } from '../../policy/communities.ts';
import { compileRegex } from '../../policy/regex.ts';
import { sameValue } from '../../same-value.ts';
import { command, failed, OK, type ConfigCommand, type Edit, type Reply } from '../command.ts';
import type { Args } from '../match.ts';
import type {
  AccessListEntry,
  CommunityKind,
  PrefixListEntry,
  Verdict,
  WildcardAddress,
} from '../policy-config.ts';

interface Numbered {
  readonly seq: number;
}

/** The number that a line without one gets: five more than the last. */
const nextSeq = (entries: readonly Numbered[]): number => (entries.at(-1)?.seq ?? 0) + 5;

/** An entry takes its place, in place of one with the same number. */
const insert = <E extends Numbered>(entries: readonly E[], entry: E): E[] =>
  [...entries.filter((one) => one.seq !== entry.seq), entry].sort((a, b) => a.seq - b.seq);

const same = (a: Numbered, b: Numbered): boolean => sameValue({ ...a, seq: 0 }, { ...b, seq: 0 });

const verdictOf = (args: Args): Verdict => (args.get('verdict') === 'deny' ? 'deny' : 'permit');

const invalid = (description: string): Reply =>
  failed(`% Configuration failed.\n\nError type: validation\nError description: ${description}`);

function prefixEntry(args: Args, family: Family): Omit<PrefixListEntry, 'seq'> | Reply {
  const verdict = verdictOf(args);
  if (args.has('any')) return { verdict, prefix: null, ge: null, le: null };
  const typed = parsePrefix(args.get('prefix'));
  if (!typed) return failed('% Malformed address');
  const prefix = network(typed);
  const ge = args.findNumber('ge') ?? null;
  const le = args.findNumber('le') ?? null;
  const width = widthOf(family);
  if ((ge !== null && (ge < prefix.length || ge > (le ?? width))) || (le !== null && le < prefix.length))
    return invalid(
      `Invalid prefix range for ${formatPrefix(prefix)}: Make sure that mask length <= ge <= le`,
    );
  return { verdict, prefix, ge: ge === prefix.length && le === null ? ge : ge, le };
}

const isReply = (value: object): value is Reply => 'status' in value;

const prefixListCommands = (family: Family): ConfigCommand[] => {
  const ip = family === 4 ? 'ip' : 'ipv6';
  const prefix = family === 4 ? 'A.B.C.D/M' : 'X:X::X:X/M';
  const rest = `WORD$name [seq (1-4294967295)$seq] <deny|permit>$verdict <any|${prefix}$prefix [{ge (0-${widthOf(family)})$ge|le (0-${widthOf(family)})$le}]>`;
  const keyOf = (args: Args): string => `${family} ${args.get('name')}`;
  const store = (
    edit: Edit,
    args: Args,
    entries: readonly PrefixListEntry[],
    description: string | null,
  ): Reply => {
    const key = keyOf(args);
    const name = args.get('name');
    const isTouched = entries !== edit.config.prefixLists.get(key)?.entries;
    if (entries.length === 0 && description === null) {
      edit.config.prefixLists.delete(key);
      edit.config.lastPrefixList.delete(family);
    } else {
      edit.config.prefixLists.set(key, { family, name, description, entries });
      if (isTouched) edit.config.lastPrefixList.set(family, name);
    }
    edit.changed({ kind: 'prefix-list', family, name: args.get('name') });
    return OK;
  };
  return [
    command('config', `${ip} prefix-list ${rest}`, (edit, args) => {
      const list = edit.config.prefixLists.get(keyOf(args));
      const entries = list?.entries ?? [];
      const read = prefixEntry(args, family);
      if (isReply(read)) return read;
      const entry = { ...read, seq: args.findNumber('seq') ?? nextSeq(entries) };
      if (entries.some((one) => same(one, entry))) return OK;
      return store(edit, args, insert(entries, entry), list?.description ?? null);
    }),
    command('config', `no ${ip} prefix-list ${rest}`, (edit, args) => {
      const list = edit.config.prefixLists.get(keyOf(args));
      const read = prefixEntry(args, family);
      if (!list || isReply(read)) return OK;
      const seq = args.findNumber('seq');
      const left = list.entries.filter((one) =>
        seq === undefined ? !same(one, { ...read, seq: 0 }) : one.seq !== seq,
      );
      return store(edit, args, left, list.description);
    }),
    command('config', `no ${ip} prefix-list WORD$name seq (1-4294967295)$seq`, (edit, args) => {
      const list = edit.config.prefixLists.get(keyOf(args));
      if (!list) return OK;
      const left = list.entries.filter((one) => one.seq !== args.number('seq'));
      return store(edit, args, left, list.description);
    }),
    command('config', `no ${ip} prefix-list WORD$name`, (edit, args) => {
      if (!edit.config.prefixLists.delete(keyOf(args))) return OK;
      edit.config.lastPrefixList.delete(family);
      edit.changed({ kind: 'prefix-list', family, name: args.get('name') });
      return OK;
    }),
    command(
      'config',
      [`${ip} prefix-list WORD$name description LINE...$text`, `no ${ip} prefix-list WORD$name description`],
      (edit, args) => {
        const list = edit.config.prefixLists.get(keyOf(args));
        return store(edit, args, list?.entries ?? [], args.no ? null : args.get('text'));
      },
    ),
  ];
};

function accessEntry(args: Args): Omit<AccessListEntry, 'seq'> {
  const verdict = verdictOf(args);
  const side = (address: string, wildcard: string, host: string): WildcardAddress => {
    const typed = args.find(host);
    if (typed !== undefined) return { address: parseIpv4(typed) ?? 0, wildcard: 0, host: true };
    if (args.find(address) === undefined) return { address: 0, wildcard: 0xffffffff, host: false };
    const mask = parseIpv4(args.get(wildcard)) ?? 0;
    return { address: ((parseIpv4(args.get(address)) ?? 0) & ~mask) >>> 0, wildcard: mask, host: false };
  };
  if (args.has('ip') && args.find('extended') !== undefined)
    return {
      verdict,
      source: { kind: 'wildcard', ...side('source', 'source_mask', 'source_host') },
      destination: side('destination', 'destination_mask', 'destination_host'),
    };
  const prefix = args.find('prefix');
  if (prefix !== undefined) {
    const typed = parsePrefix(prefix);
    if (typed)
      return { verdict, source: { kind: 'prefix', prefix: network(typed), exact: args.has('exact-match') } };
  }
  if (args.find('source') !== undefined || args.find('source_host') !== undefined)
    return { verdict, source: { kind: 'wildcard', ...side('source', 'source_mask', 'source_host') } };
  return { verdict, source: { kind: 'any' } };
}

const accessListCommands = (family: Family): ConfigCommand[] => {
  const words = family === 4 ? 'access-list' : 'ipv6 access-list';
  const prefix = family === 4 ? 'A.B.C.D/M' : 'X:X::X:X/M';
  const head = `${words} WORD$name [seq (1-4294967295)$seq] <deny|permit>$verdict`;
  const forms = [
    `${head} <${prefix}$prefix [exact-match]|any>`,
    ...(family === 4
      ? [
          `${head} <[host] A.B.C.D$source_host|A.B.C.D$source A.B.C.D$source_mask>`,
          `${head} <ip>$extended <A.B.C.D$source A.B.C.D$source_mask|host A.B.C.D$source_host|any> <A.B.C.D$destination A.B.C.D$destination_mask|host A.B.C.D$destination_host|any>`,
        ]
      : []),
  ];
  const keyOf = (args: Args): string => `${family} ${args.get('name')}`;
  const store = (
    edit: Edit,
    args: Args,
    entries: readonly AccessListEntry[],
    remark: string | null,
  ): Reply => {
    if (entries.length === 0 && remark === null) edit.config.accessLists.delete(keyOf(args));
    else edit.config.accessLists.set(keyOf(args), { family, name: args.get('name'), remark, entries });
    edit.changed({ kind: 'access-list', family, name: args.get('name') });
    return OK;
  };
  return [
    command('config', forms, (edit, args) => {
      const list = edit.config.accessLists.get(keyOf(args));
      const entries = list?.entries ?? [];
      const entry = { ...accessEntry(args), seq: args.findNumber('seq') ?? nextSeq(entries) };
      if (entries.some((one) => same(one, entry))) return OK;
      return store(edit, args, insert(entries, entry), list?.remark ?? null);
    }),
    command(
      'config',
      forms.map((form) => `no ${form}`),
      (edit, args) => {
        const list = edit.config.accessLists.get(keyOf(args));
        if (!list) return OK;
        const seq = args.findNumber('seq');
        const entry = { ...accessEntry(args), seq: 0 };
        const left = list.entries.filter((one) => (seq === undefined ? !same(one, entry) : one.seq !== seq));
        return store(edit, args, left, list.remark);
      },
    ),
    command('config', `no ${words} WORD$name`, (edit, args) => {
      if (edit.config.accessLists.delete(keyOf(args)))
        edit.changed({ kind: 'access-list', family, name: args.get('name') });
      return OK;
    }),
    command(
      'config',
      [
        `${words} WORD$name remark LINE...$text`,
        `no ${words} WORD$name remark`,
        `no ${words} WORD$name remark LINE...`,
      ],
      (edit, args) => {
        const list = edit.config.accessLists.get(keyOf(args));
        return store(edit, args, list?.entries ?? [], args.no ? null : args.get('text'));
      },
    ),
  ];
};

const AS_PATH = 'bgp as-path access-list AS_PATH_FILTER_NAME$name';
const REGEX_CHARACTERS = /^[0-9^$.*+?()[\]\-_|{}\\ ,]*$/;

const AS_PATH_COMMANDS: readonly ConfigCommand[] = [
  command(
    'config',
    [
      `${AS_PATH} [seq (0-4294967295)$seq] <deny|permit>$verdict LINE...$regex`,
      `no ${AS_PATH} [seq (0-4294967295)$seq] <deny|permit>$verdict LINE...$regex`,
    ],
    (edit, args) => {
      const name = args.get('name');
      const regex = args.get('regex');
      if (!REGEX_CHARACTERS.test(regex)) return failed(`Invalid character in as-path access-list ${regex}`);
      if (!compileRegex(regex)) return failed(`can't compile regexp ${regex}`);
      const list = edit.config.asPathLists.get(name);
      const entries = list?.entries ?? [];
      const entry = {
        seq: args.findNumber('seq') ?? nextSeq(entries),
        verdict: verdictOf(args),
        regex,
      };
      if (args.no) {
        if (!list) return failed(`bgp as-path access-list ${name} doesn't exist`);
        if (!entries.some((one) => same(one, entry))) return failed('');
        const left = entries.filter((one) => !same(one, entry));
        if (left.length === 0) edit.config.asPathLists.delete(name);
        else edit.config.asPathLists.set(name, { name, entries: left });
      } else {
        if (entries.some((one) => same(one, entry))) return OK;
        edit.config.asPathLists.set(name, { name, entries: insert(entries, entry) });
      }
      edit.changed({ kind: 'as-path-list', name });
      return OK;
    },
  ),
  command('config', `no ${AS_PATH}`, (edit, args) => {
    const name = args.get('name');
    if (!edit.config.asPathLists.delete(name)) return failed(`bgp as-path access-list ${name} doesn't exist`);
    edit.changed({ kind: 'as-path-list', name });
    return OK;
  }),
];

const NO_COMMUNITY_LIST = "% Can't find community-list";

/** The text that bgpd keeps of a standard entry; undefined when it is malformed. */
function standardText(kind: CommunityKind, text: string): string | undefined {
  if (kind === 'community') return readCommunities(text)?.text;
  return kind === 'large-community' ? readLargeCommunities(text)?.text : readExtendedCommunities(text)?.text;
}

function communityCommands(
  kind: CommunityKind,
  value: string,
  expanded: string,
  variable: string,
): ConfigCommand[] {
  const head = `bgp ${kind}-list`;
  const names = {
    standard: `<(1-99)|standard ${variable}>$name`,
    expanded: `<(100-500)|expanded ${variable}>$name`,
  };
  const tail = '[seq (0-4294967295)$seq] <deny|permit>$verdict';
  const nameOf = (args: Args): string => args.get('name').split(' ').at(-1) ?? '';
  return (['standard', 'expanded'] as const).flatMap((style) => {
    const text = style === 'standard' ? value : expanded;
    const apply = (edit: Edit, args: Args): Reply => {
      const name = nameOf(args);
      const key = `${kind} ${name}`;
      const list = edit.config.communityLists.get(key);
      const typed = args.find('value');
      const entries = list?.entries ?? [];
      if (args.no && !list) return failed(NO_COMMUNITY_LIST);
      if (!args.no && list && entries.length > 0 && list.style !== style)
        return failed(`% Community name conflict, previously defined as ${list.style} community`);
      if (typed === undefined) edit.config.communityLists.delete(key);
      else {
        const read = style === 'standard' ? standardText(kind, typed) : compileRegex(typed) && typed;
        if (read === undefined) {
          if (args.no) return failed(NO_COMMUNITY_LIST);
          // bgpd makes the list before it reads the entry.
          if (entries.length === 0) edit.config.communityLists.set(key, { kind, name, style, entries });
          return failed('% Malformed community-list value');
        }
        const entry = {
          seq: args.findNumber('seq') ?? nextSeq(entries),
          verdict: verdictOf(args),
          text: read,
        };
        const known = entries.some((one) => same(one, entry));
        if (args.no && (!known || list?.style !== style)) return failed(NO_COMMUNITY_LIST);
        if (known && !args.no) return OK;
        const left = args.no ? entries.filter((one) => !same(one, entry)) : insert(entries, entry);
        if (left.length === 0) edit.config.communityLists.delete(key);
        else edit.config.communityLists.set(key, { kind, name, style, entries: left });
      }
      edit.changed({ kind: 'community-list', list: kind, name });
      return OK;
    };
    return [
      command(
        'config',
        [
          `${head} ${names[style]} ${tail} ${text}...$value`,
          `no ${head} ${names[style]} ${tail} ${text}...$value`,
          `no ${head} ${names[style]}`,
        ],
        apply,
      ),
    ];
  });
}

export const LIST_COMMANDS: readonly ConfigCommand[] = [
  ...prefixListCommands(4),
  ...prefixListCommands(6),
  ...accessListCommands(4),
  ...accessListCommands(6),
  ...AS_PATH_COMMANDS,
  ...communityCommands('community', 'AA:NN', 'AA:NN', 'COMMUNITY_LIST_NAME'),
  ...communityCommands('large-community', 'AA:BB:CC', 'LINE', 'LCOMMUNITY_LIST_NAME'),
  ...communityCommands('extcommunity', 'AA:NN', 'LINE', 'EXTCOMMUNITY_LIST_NAME'),
];
