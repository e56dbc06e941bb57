/** Parts of a megaflow's key as text: which of them are told, and how values and masks stand beside each other. */
import { formatIpv4 } from '../base/address.ts';
import type { Field } from '../flow/field.ts';
import { formatHex } from '../flow/field-text.ts';
import { getField, type Flow } from '../flow/flow.ts';
import { word } from '../flow/packet-kind.ts';
import type { Megaflow } from './datapath/flow-cache.ts';

type Show = (value: bigint) => string;

export const decimal: Show = String;
/** Hexadecimal that keeps its `0x` at zero. */
export const prefixed: Show = (value) => `0x${value.toString(16)}`;
export const ipv4: Show = (value) => formatIpv4(Number(value));

/** Gathers the parts of one key. */
export class KeyText {
  readonly flow: Flow;
  readonly mask: Flow;
  readonly whole: boolean;
  readonly verbose: boolean;
  /** The key as the datapath holds it: the kernel's has no bits that do not count. */
  readonly held: Flow;
  readonly groups: string[] = [];

  /**
   * `whole`: values are shown with the bits that do not count, as the packet had them. `verbose`: fields that do not
   * matter are shown too.
   */
  constructor({ flow, mask }: Pick<Megaflow, 'flow' | 'mask'>, whole: boolean, verbose: boolean) {
    this.flow = flow;
    this.mask = mask;
    this.whole = whole;
    this.verbose = verbose;
    this.held = whole ? flow : (flow.map((bits, at) => (bits & word(mask, at)) >>> 0) as Flow);
  }

  /** `name=value/mask`, or nothing when the field does not matter and not all are wanted. */
  part(name: string, field: Field, show: Show, showMask = show): string[] {
    const mask = getField(this.mask, field);
    if (mask === 0n && !this.verbose) return [];
    const full = getField(this.flow, field);
    const value = show(this.whole ? full : full & mask);
    const whole = mask === (1n << BigInt(field.bits)) - 1n;
    return [`${name}=${value}${whole ? '' : `/${showMask(mask)}`}`];
  }

  group(name: string, ...parts: readonly string[][]): void {
    const all = parts.flat();
    if (all.length > 0) this.groups.push(`${name}(${all.join(',')})`);
  }

  /** A group that holds one value without a name. */
  single(name: string, field: Field, show: Show = formatHex): void {
    const [text] = this.part('', field, show, formatHex);
    if (text !== undefined) this.groups.push(`${name}(${text.slice(1)})`);
  }
}
