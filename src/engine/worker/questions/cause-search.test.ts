/** Which northbound rows made the flows of opened files: found with progress, shared, and stopped when nobody waits. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { asNb, asSb, readDatabaseFile, type NbDatabase, type SbDatabase } from '../../../core/ovsdb/index.ts';
import { CauseSearch } from './cause-search.ts';
import { causesFromFiles } from './explain.ts';

function opened(): { readonly nb: NbDatabase; readonly sb: SbDatabase } {
  const read = (name: string) => {
    const octets = readFileSync(new URL(`../../../../golden/ovn/acl/${name}.db`, import.meta.url));
    const file = readDatabaseFile(new Uint8Array(octets));
    if (!file.ok) throw new Error(file.error.message);
    return file.value.database;
  };
  const nb = asNb(read('ovnnb_db'));
  const sb = asSb(read('ovnsb_db'));
  if (!nb.ok || !sb.ok) throw new Error('other databases');
  return { nb: nb.value, sb: sb.value };
}

const search = (): CauseSearch => {
  const { nb, sb } = opened();
  return new CauseSearch((context) => causesFromFiles(nb, sb, context));
};

it('finds the flows of an ACL, each of which names it, and leaves the opened databases alone', async () => {
  const { nb, sb } = opened();
  const versions = [nb.version, sb.version];
  const found = await causesFromFiles(nb, sb, { signal: new AbortController().signal, progress: () => {} });
  const [acl] = nb.rows('ACL');
  const flows = found.flowsOf(acl?._uuid as never).map((uuid) => sb.get('Logical_Flow', uuid));
  expect(flows.length).toBeGreaterThan(0);
  for (const flow of flows) expect(found.causesOf(flow?._uuid as never)).toContain(acl?._uuid);
  expect([nb.version, sb.version]).toEqual(versions);
});

it('serves several askers; one who gives up does not stop the others', async () => {
  const one = search();
  const quits = new AbortController();
  const shares: number[] = [];
  const first = one.join({ signal: quits.signal, progress: () => {} });
  const second = one.join({ signal: new AbortController().signal, progress: (done) => shares.push(done) });
  quits.abort();
  await expect(first).rejects.toThrow('aborted');
  expect((await second).flowsOf).toBeDefined();
  expect(one.isAbandoned).toBe(false);
  expect(shares.every((share) => share >= 0 && share <= 100)).toBe(true);
});

it('ends early when all have given up', async () => {
  const one = search();
  const quits = new AbortController();
  const asked = one.join({ signal: quits.signal, progress: () => {} });
  quits.abort();
  await expect(asked).rejects.toThrow('aborted');
  expect(one.isAbandoned).toBe(true);
});
