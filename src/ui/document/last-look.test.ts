import { expect, it } from 'vitest';
import { createLastLook } from './last-look.ts';

function smallStore() {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

it('gives what was left once, to the document that it was left of', () => {
  const store = smallStore();
  const { leave, take, forget } = createLastLook(() => store);
  const look = { base: 'tab:1', revision: 'tab:2', page: { step: 4, screens: { central: 'long' } } };
  leave('s/one', look);
  expect(take('s/two', 'tab:1')).toBeNull();
  expect(take('s/one', 'tab:1')).toEqual({ ...look, page: { step: 4 } });
  expect(take('s/one', 'tab:1')).toBeNull();
  leave('s/one', look);
  // Another tab has worked on it since.
  expect(take('s/one', 'other:1')).toBeNull();
  leave('s/one', look);
  forget('s/one');
  expect(take('s/one', 'tab:1')).toBeNull();
});

it('fails nowhere without a store, or with what others put there', () => {
  const refused = createLastLook(() => {
    throw new DOMException('no storage', 'SecurityError');
  });
  refused.leave('s/one', { base: '', revision: '', page: {} });
  expect(refused.take('s/one', '')).toBeNull();
  const store = smallStore();
  store.setItem('hopscope-left:s/one', '{"base": 7');
  expect(createLastLook(() => store).take('s/one', '')).toBeNull();
});
