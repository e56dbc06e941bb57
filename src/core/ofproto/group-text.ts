/** Text of OpenFlow groups, as `ovs-ofctl add-group` reads it and `dump-groups` prints it. */
import { err, ok, type Result } from '../base/result.ts';
import { parseUint32, parseUint64 } from '../flow/c-integer.ts';
import { exactMask, formatField, parseFieldValue } from '../flow/field-text.ts';
import type { Field } from '../flow/field.ts';
import { keyValues } from '../flow/key-value.ts';
import { formatPort, parsePort } from '../flow/ofport-text.ts';
import { OFPP } from '../flow/ofport.table.ts';
import { findField } from '../flow/subfield-text.ts';
import { formatActions, parseActions } from './actions/act-list.ts';
import { parseNamed } from './actions/header.ts';
import type { ActTextOptions } from './actions/act-text.ts';
import type { Bucket, GroupSpec, GroupType } from './bridge/group.ts';
import { PROTOCOLS, protocolsOfMatch, type OfVersion, type Protocols } from './protocol.table.ts';

export type GroupCommand = 'add' | 'delete' | 'modify' | 'add_or_mod' | 'insert_bucket' | 'remove_bucket';

/** Where buckets are inserted, or which are removed. */
export type CommandBucket = number | 'first' | 'last' | 'all';

/** A request to change groups. */
export interface GroupMod extends Omit<GroupSpec, 'id' | 'type'> {
  readonly command: GroupCommand;
  readonly id: number | 'all';
  readonly type: GroupType;
  readonly commandBucket: CommandBucket;
  /** The formats that can carry it, as ovs-ofctl reckons: what a bucket's actions need is all that counts beside it. */
  readonly protocols: Protocols;
}

/** Splits off the command word of a group file's line; without one the group is added. */
export function splitGroupCommand(text: string): { readonly command: GroupCommand; readonly rest: string } {
  const trimmed = text.replace(/^[ \t\r\n]+/, '');
  const word = /^[^, \t\r\n]*/.exec(trimmed)?.[0] ?? '';
  const order: readonly GroupCommand[] = [
    'add',
    'delete',
    'modify',
    'add_or_mod',
    'insert_bucket',
    'remove_bucket',
  ];
  const command = order.find((name) => name.startsWith(word));
  return command === undefined || word === ''
    ? { command: 'add', rest: trimmed }
    : { command, rest: trimmed.slice(word.length) };
}

/** Nicira's extension of OpenFlow 1.0, and OpenFlow 1.5. */
const EXTENDED: Protocols = PROTOCOLS.of10Any | PROTOCOLS.of15Up;
const MAX_GROUP = 0xffffff00;
const MAX_BUCKET = 0xffffff00;
/** The id of a bucket that was given none, until the switch chooses one. */
const BUCKET_UNSET = 0xffffffff;

interface Allowed {
  readonly type: boolean;
  readonly buckets: boolean;
  readonly bucketId: boolean;
  readonly allBuckets: boolean;
}

function allowedIn(command: GroupCommand): Allowed {
  const whole = command === 'add' || command === 'modify' || command === 'add_or_mod';
  return {
    type: whole,
    buckets: whole || command === 'insert_bucket',
    bucketId: command === 'insert_bucket' || command === 'remove_bucket',
    allBuckets: command === 'remove_bucket',
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TYPES: Readonly<Record<string, GroupType>> = {
  all: 'all',
  select: 'select',
  indirect: 'indirect',
  ff: 'ff',
  fast_failover: 'ff',
};

function parseFields(text: string, options: ActTextOptions): Result<GroupSpec['hashFields']> {
  const fields = new Map<Field, bigint>();
  for (const { key, value } of keyValues(text)) {
    const field = findField(key, options.tlv);
    if (!field) return err(`: unknown field ${key}`);
    if (fields.has(field)) return err(`${key}: duplicate field`);
    if (value === '') {
      fields.set(field, exactMask(field));
      continue;
    }
    const mask = parseFieldValue(field, value, options.names);
    if (!mask.ok) return mask;
    if (mask.value === 0n && field.option === undefined)
      return err(': values are wildcards here and must not be all-zeros');
    if (!field.maskable && mask.value !== exactMask(field))
      return err(`${value}: invalid mask for field ${field.name}`);
    fields.set(field, mask.value);
  }
  return ok(
    [...fields].map(([field, mask]) => ({ field, mask })).toSorted((a, b) => a.field.id - b.field.id),
  );
}

interface ReadBucket {
  readonly bucket: Bucket;
  readonly protocols: Protocols;
}

function parseBucket(text: string, type: GroupType, options: ActTextOptions): Result<ReadBucket> {
  const bucket: Mutable<Bucket> = {
    id: BUCKET_UNSET,
    weight: type === 'select' ? 1 : 0,
    watchPort: null,
    watchGroup: null,
    actions: [],
  };
  const actions: string[] = [];
  for (const { key, value } of keyValues(text)) {
    switch (key.toLowerCase()) {
      case 'weight': {
        const weight = parseNamed(value, 'weight', 0x10000);
        if (!weight.ok) return weight;
        bucket.weight = weight.value;
        break;
      }
      case 'watch_port': {
        const port = parsePort(value, options.names, options.warn);
        if (port === undefined || (port >= OFPP.max && port !== OFPP.none && port !== OFPP.controller))
          return err(`${value}: invalid watch_port`);
        bucket.watchPort = port === OFPP.none ? null : port;
        break;
      }
      case 'watch_group': {
        const group = parseUint32(value);
        if (!group.ok) return group;
        if (group.value > MAX_GROUP && group.value !== 0xffffffff)
          return err(`invalid watch_group id ${group.value}`);
        bucket.watchGroup = group.value === 0xffffffff ? null : group.value;
        break;
      }
      case 'bucket_id': {
        const id = parseUint32(value);
        if (!id.ok) return id;
        if (id.value > MAX_BUCKET) return err(`invalid bucket_id id ${id.value}`);
        bucket.id = id.value;
        break;
      }
      case 'action':
      case 'actions':
        actions.push(value);
        break;
      default:
        actions.push(`${key}(${value})`);
    }
  }
  if (actions.length === 0) return err('bucket must specify actions');
  if (type === 'ff' && bucket.watchPort === null && bucket.watchGroup === null)
    return err('fast failover bucket requires watch_port or watch_group');
  const parsed = parseActions(actions.join(','), options);
  if (!parsed.ok) return parsed;
  bucket.actions = parsed.value.actions;
  return ok({ bucket, protocols: parsed.value.protocols });
}

class GroupReader {
  readonly mod: Mutable<Omit<GroupMod, 'id'>> & { id: number | 'all' | null };
  private readonly allowed: Allowed;
  private readonly options: ActTextOptions;
  hadType = false;
  hadBucket = false;

  constructor(command: GroupCommand, options: ActTextOptions) {
    this.allowed = allowedIn(command);
    this.options = options;
    this.mod = {
      command,
      id: null,
      type: 'all',
      commandBucket: 'all',
      buckets: [],
      selectionMethod: '',
      selectionParameter: 0n,
      hashFields: [],
      protocols: command === 'insert_bucket' || command === 'remove_bucket' ? EXTENDED : PROTOCOLS.any,
    };
  }

  private takeCommandBucket(value: string): string | undefined {
    if (!this.allowed.bucketId) return 'command bucket id is not needed';
    if (value === 'all' || value === 'first' || value === 'last') {
      this.mod.commandBucket = value;
    } else {
      const id = parseUint32(value);
      if (!id.ok) return id.error;
      if (id.value > MAX_BUCKET) return `invalid command bucket id ${id.value}`;
      this.mod.commandBucket = id.value;
    }
    if (this.mod.commandBucket === 'all' && !this.allowed.allBuckets)
      return 'command_bucket_id=all is not permitted';
    this.hadBucket = true;
    return undefined;
  }

  private takeGroup(value: string): string | undefined {
    if (value === 'all') {
      this.mod.id = 'all';
      return undefined;
    }
    const id = parseUint32(value);
    if (!id.ok) return id.error;
    if (id.value > MAX_GROUP) return `invalid group id ${id.value}`;
    this.mod.id = id.value;
    return undefined;
  }

  private takeMethod(value: string): string | undefined {
    if (!this.allowed.type) return 'selection method is not needed';
    if (value.length >= 16) return 'selection method is longer than 15 bytes long';
    this.mod.selectionMethod = value as GroupSpec['selectionMethod'];
    this.mod.protocols &= EXTENDED;
    return undefined;
  }

  /** Takes one part; the error text when it is wrong. */
  take(key: string, value: string): string | undefined {
    switch (key) {
      case 'command_bucket_id':
        return this.takeCommandBucket(value);
      case 'group_id':
        return this.takeGroup(value);
      case 'type': {
        if (!this.allowed.type) return 'type is not needed';
        const type = TYPES[value];
        if (type === undefined) return `invalid group type ${value}`;
        this.mod.type = type;
        this.hadType = true;
        return undefined;
      }
      case 'selection_method':
        return this.takeMethod(value);
      case 'selection_method_param': {
        if (!this.allowed.type) return 'selection method param is not needed';
        const parameter = parseUint64(value);
        if (!parameter.ok) return parameter.error;
        this.mod.selectionParameter = parameter.value;
        this.mod.protocols &= EXTENDED;
        return undefined;
      }
      case 'fields': {
        if (!this.allowed.type) return 'fields are not needed';
        const fields = parseFields(value, this.options);
        if (!fields.ok) return fields.error;
        this.mod.hashFields = fields.value;
        this.mod.protocols &= fields.value.reduce(
          (all, { field, mask }) => all & protocolsOfMatch(field, mask),
          EXTENDED,
        );
        return undefined;
      }
      default:
        return `unknown keyword ${key}`;
    }
  }

  /** What is missing or does not go together. */
  check(): string | undefined {
    const { mod, allowed } = this;
    if (mod.id === null) return 'must specify a group_id';
    if (allowed.type && !this.hadType) return 'must specify a type';
    if (mod.selectionMethod !== 'hash' && mod.hashFields.length > 0)
      return 'fields may only be specified with "selection_method=hash"';
    if (mod.selectionMethod === '' && mod.selectionParameter !== 0n)
      return 'selection_method_param is only allowed with "selection_method"';
    if (allowed.bucketId) {
      if (!allowed.allBuckets && !this.hadBucket) return 'must specify a command bucket id';
    } else if (this.hadBucket) return 'command bucket id is not needed';
    return undefined;
  }

  /** Takes the text from the first `bucket=` on. */
  takeBuckets(text: string): string | undefined {
    if (!this.allowed.buckets) return 'bucket is not needed';
    const { mod } = this;
    const buckets: Bucket[] = [];
    let rest = text;
    while (rest !== '') {
      const from = rest.indexOf('=', 1) + 1;
      if (from === 0) return 'must specify bucket content';
      const next = rest.indexOf('bucket=', from);
      const bucket = parseBucket(rest.slice(from, next < 0 ? undefined : next), mod.type, this.options);
      if (!bucket.ok) return bucket.error;
      buckets.push(bucket.value.bucket);
      mod.protocols = bucket.value.protocols;
      if (mod.command !== 'insert_bucket' && mod.type !== 'select' && bucket.value.bucket.weight !== 0)
        return 'Only select groups can have bucket weights.';
      rest = next < 0 ? '' : rest.slice(next);
    }
    mod.buckets = buckets;
    return mod.type === 'indirect' && buckets.length > 1
      ? 'Indirect groups can have at most one bucket.'
      : undefined;
  }
}

/** Reads a group, with ovs-ofctl's error texts. Buckets without id get one where the switch would choose it. */
export function parseGroup(
  text: string,
  command: GroupCommand,
  options: ActTextOptions = {},
): Result<GroupMod> {
  const reader = new GroupReader(command, options);
  if (command === 'delete' && text === '') return ok({ ...reader.mod, id: 'all' });
  const at = text.indexOf('bucket=');
  if (at >= 0 && command !== 'add' && !allowedIn(command).buckets) return err('bucket is not needed');
  for (const { key, value } of keyValues(at < 0 ? text : text.slice(0, at))) {
    const problem = reader.take(key, value);
    if (problem !== undefined) return err(problem);
  }
  const problem = reader.check() ?? (at < 0 ? undefined : reader.takeBuckets(text.slice(at)));
  if (problem !== undefined) return err(problem);
  const { mod } = reader;
  return ok({ ...mod, id: mod.id ?? 'all', buckets: numberBuckets(mod.buckets) });
}

/** Gives buckets without id the lowest free ones, in order. */
export function numberBuckets(buckets: readonly Bucket[], taken: readonly Bucket[] = []): readonly Bucket[] {
  const used = new Set([...buckets, ...taken].map((bucket) => bucket.id));
  let next = 0;
  return buckets.map((bucket) => {
    if (bucket.id !== BUCKET_UNSET) return bucket;
    while (used.has(next)) next += 1;
    used.add(next);
    return { ...bucket, id: next };
  });
}

function formatBucket(bucket: Bucket, type: GroupType, options: ActTextOptions, ids: boolean): string {
  let text = 'bucket=';
  if (ids) text += `bucket_id:${bucket.id},`;
  if (bucket.weight !== (type === 'select' ? 1 : 0)) text += `weight:${bucket.weight},`;
  if (bucket.watchPort !== null) text += `watch_port:${formatPort(bucket.watchPort, options.names)},`;
  if (bucket.watchGroup !== null) text += `watch_group:${bucket.watchGroup},`;
  return `${text}actions=${formatActions(bucket.actions, options)}`;
}

function formatHashFields(fields: GroupSpec['hashFields']): string {
  if (fields.length === 0) return '';
  const text = fields
    .map(({ field, mask }) =>
      mask === exactMask(field) ? field.name : `${field.name}=${formatField(field, mask)}`,
    )
    .join(',');
  return fields.length === 1 ? `,fields=${text}` : `,fields(${text})`;
}

/** A group as `dump-groups` prints it. OpenFlow 1.1 to 1.4 show no bucket ids. */
export function formatGroup(group: GroupSpec, options: ActTextOptions = {}, bucketIds = true): string {
  let text = `group_id=${group.id},type=${group.type}`;
  if (group.selectionMethod !== '') {
    text += `,selection_method=${group.selectionMethod}`;
    if (group.selectionParameter !== 0n) text += `,selection_method_param=${group.selectionParameter}`;
    text += formatHashFields(group.hashFields);
  }
  const buckets = group.buckets.map((bucket) => formatBucket(bucket, group.type, options, bucketIds));
  return buckets.length === 0 ? text : `${text},${buckets.join(',')}`;
}

/** What a message of `version` can say of a group: 1.1 to 1.4 have no words for bucket ids and how a bucket is chosen. */
export const groupInMessage = (group: GroupSpec, version: OfVersion): GroupSpec =>
  version === 1 || version === 6
    ? group
    : {
        ...group,
        selectionMethod: '',
        selectionParameter: 0n,
        hashFields: [],
        buckets: numberBuckets(group.buckets.map((bucket) => ({ ...bucket, id: BUCKET_UNSET }))),
      };

/** The group that a request to add or change one describes. */
export const groupOf = (mod: GroupMod): GroupSpec => ({
  id: mod.id === 'all' ? 0xfffffffc : mod.id,
  type: mod.type,
  buckets: mod.buckets,
  selectionMethod: mod.selectionMethod,
  selectionParameter: mod.selectionParameter,
  hashFields: mod.hashFields,
});
