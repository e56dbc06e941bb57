import { describe, expect, it } from 'vitest';
import type { HeaderRow } from '../../engine/protocol.ts';
import { headerLines } from './header-lines.ts';

const row = (name: string, offset: number, size: number, ...children: HeaderRow[]): HeaderRow => ({
  name,
  text: '',
  offset,
  size,
  problem: null,
  children,
});
const FRAME = [
  row('Ethernet II', 0, 14, row('dst', 0, 6), row('src', 6, 6)),
  row('IPv4', 14, 20, row('ttl', 22, 1), row('dst', 30, 4)),
];
const names = (turned: readonly string[], marks: Uint8Array): readonly string[] =>
  headerLines(FRAME, new Set(turned), marks).map(
    (line) => `${'-'.repeat(line.level - 1)}${line.row.name}${'!'.repeat(line.mark)}`,
  );

describe('header lines', () => {
  const plain = new Uint8Array(34);

  it('opens what one reads, and keeps closed what one knows', () => {
    expect(names([], plain)).toEqual(['Ethernet II', '-dst', '-src', 'IPv4']);
  });

  it('opens a header that this step changed', () => {
    const changed = Uint8Array.from(plain, (_, at) => (at === 22 ? 2 : 0));
    expect(names([], changed)).toEqual(['Ethernet II', '-dst', '-src', 'IPv4', '-ttl!!', '-dst']);
  });

  it('marks a closed header for its fields', () => {
    const hop = Uint8Array.from(plain, (_, at) => (at >= 14 ? 1 : 0));
    expect(names([], hop)).toEqual(['Ethernet II', '-dst', '-src', 'IPv4!']);
  });

  it('turns branches by hand, counted from the inside, so that an outer header does not shift them', () => {
    expect(names(['2:Ethernet II', '1:IPv4'], plain)).toEqual(['Ethernet II', 'IPv4', '-ttl', '-dst']);
  });
});
