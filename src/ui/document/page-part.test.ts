import { describe, expect, it } from 'vitest';
import { EMPTY_PAGE_PART, readPagePart } from './page-part.ts';
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
