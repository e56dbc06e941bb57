/** OpenFlow groups: what they hold, and how a `select` group spreads packets over its buckets. */
import type { Field } from '../../flow/field.ts';
import type { OfPort } from '../../flow/ofport.table.ts';
import type { OfpAct } from '../actions/ofpact.ts';

export type GroupType = 'all' | 'select' | 'indirect' | 'ff';

export interface Bucket {
  readonly id: number;
  /** 0 in a `select` group: never used. */
  readonly weight: number;
  /** null: not watched. */
  readonly watchPort: OfPort | null;
  readonly watchGroup: number | null;
  readonly actions: readonly OfpAct[];
}

export interface GroupSpec {
  readonly id: number;
  readonly type: GroupType;
  readonly buckets: readonly Bucket[];
  /** `` when not given. */
  readonly selectionMethod: '' | 'hash' | 'dp_hash';
  readonly selectionParameter: bigint;
  /** Fields to hash, each with the bits that count, in order of the field table. */
  readonly hashFields: readonly { readonly field: Field; readonly mask: bigint }[];
}

/** How a `select` group really chooses, after what was asked for has been looked at. */
export type Selection =
  | { readonly kind: 'default' }
  | { readonly kind: 'hash' }
  | {
      readonly kind: 'dp_hash';
      readonly algorithm: 'l4' | 'sym_l4';
      readonly basis: number;
      /** Bucket of each value of the masked hash; the mask is its length less one. */
      readonly table: readonly Bucket[];
    };

export interface Group extends GroupSpec {
  readonly selection: Selection;
  packets: number;
  bytes: number;
  /** Simulated time of creation. */
  readonly created: number;
  readonly bucketStats: { packets: number; bytes: number }[];
}

const MAX_HASH_VALUES = 256;

const roundUpPower = (value: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, value)));

/** Spreads hash values over buckets by Webster's method; undefined when weights need more than `limit` values. */
function hashTable(buckets: readonly Bucket[], limit: number): readonly Bucket[] | undefined {
  const total = buckets.reduce((sum, bucket) => sum + bucket.weight, 0);
  if (total === 0) return undefined;
  const least = Math.min(...buckets.filter((bucket) => bucket.weight > 0).map((bucket) => bucket.weight));
  const slots = Math.max(Math.ceil(total / least), Math.min(buckets.length * 4, MAX_HASH_VALUES));
  const size = Math.max(16, roundUpPower(slots));
  if (size > MAX_HASH_VALUES || (limit !== 0 && size > limit)) return undefined;
  const shares = buckets.map((bucket) => ({ bucket, divisor: 1, value: bucket.weight }));
  const table: Bucket[] = [];
  for (let hash = 0; hash < size; hash += 1) {
    let winner = shares[0] as (typeof shares)[number];
    for (const share of shares) if (share.value > winner.value) winner = share;
    winner.divisor += 2;
    winner.value = winner.bucket.weight / winner.divisor;
    table.push(winner.bucket);
  }
  return table;
}

/** The selection that a group ends up with. */
export function selectionOf(spec: GroupSpec): Selection {
  if (spec.type !== 'select') return { kind: 'default' };
  if (spec.selectionMethod === 'hash') return { kind: spec.hashFields.length > 0 ? 'hash' : 'default' };
  const table = hashTable(spec.buckets, spec.selectionMethod === '' ? 256 : 0);
  if (!table) return { kind: 'default' };
  if (spec.selectionMethod === '') return { kind: 'dp_hash', algorithm: 'sym_l4', basis: 0, table };
  const algorithm = Number(spec.selectionParameter >> 32n) === 1 ? 'sym_l4' : 'l4';
  return { kind: 'dp_hash', algorithm, basis: Number(spec.selectionParameter & 0xffffffffn), table };
}
