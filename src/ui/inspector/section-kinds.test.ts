import { expect, test } from 'vitest';
import type { SectionKind, SubjectSection } from '../../engine/protocol.ts';
import { kindTabs } from './section-kinds.ts';

const section = (kind: SectionKind): SubjectSection => ({ kind, title: kind, command: '', text: '' });
const NONE = { captures: false, made: false };

test('tabs come in one order, each kind once', () => {
  const told = ['database', 'fdb', 'database', 'addresses'].map((kind) => section(kind as SectionKind));
  expect(kindTabs(told, NONE).map(({ id }) => id)).toEqual(['all', 'addresses', 'fdb', 'database']);
});

test('captures and what made it are there without a section', () => {
  expect(kindTabs([], { captures: true, made: true }).map(({ text }) => text)).toEqual([
    'Captures',
    'What made this',
  ]);
});

test('nothing told has no tab', () => {
  expect(kindTabs([], NONE)).toEqual([]);
});
