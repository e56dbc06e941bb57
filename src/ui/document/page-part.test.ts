import { describe, expect, it } from 'vitest';
import { createPageStore } from '../store/store.ts';
import { keptArrangement, keptDocument, keptPage, keptViewport } from './kept-page.ts';
import { EMPTY_PAGE_PART, isArranged, readPagePart } from './page-part.ts';
import { packDocument, unpackDocument } from './packed.ts';

describe('the page part of a document', () => {
  it.each([undefined, null, 7, 'text', []])('of %j is empty', (value) =>
    expect(readPagePart(value)).toEqual(EMPTY_PAGE_PART),
  );

  it('takes the parts that fit and defaults for the others', () => {
    const read = readPagePart({ watches: ['reg15'], pins: 7, step: 'x', breakpoints: [{ kind: 'drop' }] });
    expect(read).toEqual({ ...EMPTY_PAGE_PART, watches: ['reg15'], breakpoints: [{ kind: 'drop' }] });
  });
});

describe('the legend of a document', () => {
  it('forgets networks that an older one names by their place, which is no longer known', () => {
    const { hidden } = readPagePart({ hidden: ['network:3', 'cable:', 'network:vni 3', 'network:'] });
    expect(hidden).toEqual(['cable:', 'network:vni 3', 'network:']);
  });
});

describe('the page of a document', () => {
  it('comes back as it was left', () => {
    const { getState } = createPageStore();
    const { actions } = getState();
    actions.select({ kind: 'host', host: 'worker1' });
    actions.setFilter('on path');
    actions.collapse('host:worker2', true);
    actions.collapse('host:central', false);
    actions.toggleKind('cable:');
    actions.turnBranch('host:worker1');
    actions.setFocus({ kind: 'link', host: 'worker1', namespace: 'vm/1', device: 'eth0' });
    actions.leaveCamera({ lens: 'overlay', mode: 'wide', x: 10, y: -20.5, k: 1.5 });
    actions.pin('overlay', 'host:worker1', [4, 8]);
    const kept = keptPage(getState(), {});
    const read = readPagePart(JSON.parse(JSON.stringify(kept)));
    expect(read).toEqual(kept);
    expect(isArranged(read)).toBe(true);
    expect(getState().viewport).toMatchObject(keptViewport(read));
    expect(getState().arrangement).toEqual(keptArrangement(read));
    expect(getState().document).toEqual(keptDocument(null, read));
  });

  it('is not arranged by looking at another step', () => {
    const { getState } = createPageStore();
    getState().actions.setLens('logical');
    getState().actions.goTo(7);
    expect(isArranged(keptPage(getState(), { central: 'text' }))).toBe(false);
  });

  it('is arranged by a fold that was opened', () => {
    const { getState } = createPageStore();
    getState().actions.unfold('fold:ports');
    expect(isArranged(keptPage(getState(), {}))).toBe(true);
  });

  it('has no filter that is longer than any that is read', () =>
    expect(readPagePart({ filter: '('.repeat(20_000), watches: ['reg15'] })).toEqual({
      ...EMPTY_PAGE_PART,
      watches: ['reg15'],
    }));

  it.each([
    { lens: 'x', mode: 'wide', x: 0, y: 0, k: 1 },
    { lens: 'overlay', mode: 'wide', x: 0, y: 0, k: 0 },
    { lens: 'overlay', x: 0, y: 0, k: 1 },
    7,
  ])('has no camera at %j', (camera) => expect(readPagePart({ camera }).camera).toBeNull());
});

describe('a document in an address', () => {
  it('comes out as it went in', () => {
    const document = {
      format: 'hopscope',
      version: 1,
      scenario: 'multinode-ovn',
      seed: 1,
      commands: [{ kind: 'typed', host: 'central', namespace: '', line: 'ovn-nbctl show', at: 12 }],
      files: [],
      page: { title: 'Multinode OVN — 1' },
    } as const;
    expect(unpackDocument(packDocument(document))).toEqual(document);
  });

  it.each(['', '!!!', 'AAAA'])('is refused when it is %j', (data) => expect(unpackDocument(data)).toBeNull());
});
