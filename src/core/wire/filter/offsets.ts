/**
 * Where the headers stand for the tests that follow. `vlan`, `mpls`, `pppoes` and `geneve` move them for the rest
 * of the expression, in the order of the text.
 */
import type { LinkTypeNames } from '../link-type.table.ts';
import { FilterError } from './filter-error.ts';
import {
  compare,
  number,
  type Address,
  type Comparison,
  type HeaderStart,
  type Test,
  type Value,
} from './test.ts';

/** What an offset counts from. */
export type From =
  | 'link-header'
  | 'link-type'
  | 'llc'
  | 'network'
  | 'network-no-snap'
  | 'previous-label'
  | 'ipv4-transport'
  | 'ipv6-transport';

const REGISTERS = 16;

export type LinkType = LinkTypeNames['kind'] | 'ppp';

/** Type field and payload of the outermost header; a raw packet has no type field. */
const OUTERMOST: Record<LinkTypeNames['kind'], { type: number; payload: number; noSnap: number }> = {
  ethernet: { type: 12, payload: 14, noSnap: 3 },
  raw: { type: 0, payload: 0, noSnap: 0 },
  cooked: { type: 14, payload: 16, noSnap: 0 },
  cooked2: { type: 0, payload: 20, noSnap: 0 },
};

const LINK_NAMES: Record<LinkType, string> = {
  ethernet: 'Ethernet',
  ppp: 'PPP',
  raw: 'Raw IP',
  cooked: 'Linux cooked v1',
  cooked2: 'Linux cooked v2',
};

export class Offsets {
  linkType: LinkType;
  linkHeader: HeaderStart = { constant: 0, slot: null };
  linkTypeField: HeaderStart;
  linkPayload: HeaderStart;
  /** The network header after the link payload, without and with an 802.2 header in between. */
  network = 0;
  networkNoSnap: number;
  labels = 0;
  insideGeneve = false;
  /** Mask of the network that is captured on, for `ip broadcast`; null if unknown. */
  readonly netmask: number | null;
  private nextSlot = 0;
  private registers = 0;

  constructor(outermost: LinkTypeNames['kind'], netmask: number | null) {
    const { type, payload, noSnap } = OUTERMOST[outermost];
    this.linkType = outermost;
    this.linkTypeField = { constant: type, slot: null };
    this.linkPayload = { constant: payload, slot: null };
    this.networkNoSnap = noSnap;
    this.netmask = netmask;
  }

  /** What libpcap calls the link in its errors. */
  get linkName(): string {
    return LINK_NAMES[this.linkType];
  }

  /** Throws FilterError when the machine's sixteen registers are all in use. */
  takeRegister(): void {
    if (this.registers >= REGISTERS)
      throw new FilterError('too many registers needed to evaluate expression');
    this.registers += 1;
  }

  freeRegister(): void {
    this.registers -= 1;
  }

  newSlot(): number {
    this.takeRegister();
    this.nextSlot += 1;
    return this.nextSlot - 1;
  }

  address(from: From, offset: number, index: Value | null = null): Address {
    const payload = this.linkPayload;
    const at = (start: HeaderStart, more: number, ipv4: number | null = null): Address => ({
      start: { constant: start.constant + more + offset, slot: start.slot },
      ipv4,
      index,
    });
    switch (from) {
      case 'link-header':
        return at(this.linkHeader, 0);
      case 'link-type':
        return at(this.linkTypeField, 0);
      case 'llc':
        return at(payload, 0);
      case 'network':
        return at(payload, this.network);
      case 'network-no-snap':
        return at(payload, this.networkNoSnap);
      case 'previous-label':
        return at(payload, this.network - 4);
      case 'ipv4-transport':
        return at(payload, this.network, payload.constant + this.network);
      case 'ipv6-transport':
        return at(payload, this.network + 40);
    }
  }

  load(from: From, offset: number, size: 1 | 2 | 4): Value {
    return { kind: 'load', size, address: this.address(from, offset) };
  }

  /** Compares a field with a constant. */
  field(from: From, offset: number, size: 1 | 2 | 4, comparison: Comparison, value: number): Test {
    return compare(this.load(from, offset, size), comparison, number(value));
  }

  /** Compares the bits of a field under `mask` with a constant. */
  masked(from: From, offset: number, size: 1 | 2 | 4, mask: number, value: number): Test {
    if (mask >>> 0 === 0xffffffff) return this.field(from, offset, size, '=', value);
    const left: Value = {
      kind: 'arithmetic',
      operator: '&',
      left: this.load(from, offset, size),
      right: number(mask),
    };
    return compare(left, '=', number(value));
  }

  /** Enters an inner link header: what follows is about it. */
  enterLink(linkType: LinkType, header: HeaderStart): void {
    this.linkType = linkType;
    this.linkHeader = header;
    this.insideGeneve = false;
  }
}
