/** The control plane step by step, on a fabric of two spines. */
import { expect, it } from 'vitest';
import type { CallContext } from './call.ts';
import { heldMessages } from './control-plane.ts';
import { checkForwarding, routedPrefixes } from './questions/forwarding.ts';
import { prefixView } from '../../core/frr/view/router-view.ts';
import { findSpeakers } from './routing-snapshot.ts';
import { Session } from './session.ts';

const quiet = (signal = new AbortController().signal): CallContext => ({
  signal,
  output: () => undefined,
  progress: () => undefined,
});

const NEW = '10.9.9.0/24';

async function announced(): Promise<Session> {
  const session = new Session(() => undefined);
  await session.open('spine-leaf', 1, quiet());
  await session.stepMessages('hold', null);
  await session.exec('spine-1', `ip route add blackhole ${NEW}`, quiet());
  await session.exec(
    'spine-1',
    `vtysh -c 'conf t' -c 'router bgp' -c 'address-family ipv4 unicast' -c 'network ${NEW}'`,
    quiet(),
  );
  await session.exec('spine-1', 'sleep 3', quiet());
  return session;
}

/** Who knows the prefix, and over how many paths. */
const known = (session: Session): readonly (readonly [string, number])[] =>
  findSpeakers(session.world).flatMap(({ snapshot, instance }) => {
    const view = prefixView(instance, 'ipv4-unicast', NEW);
    return view ? [[`${snapshot.host} ${snapshot.vrf}`, view.paths.length] as const] : [];
  });

it('holds what is announced, delivers one message at a time, plays until a prefix arrives, and replays the same', async () => {
  const session = await announced();
  const start = known(session);
  expect(start).toEqual([['spine-1 default', 1]]);
  const held = heldMessages(session.world);
  expect(held.all).toBe(true);
  expect(held.waiting.map(({ type, behind }) => [type, behind])).toEqual([
    ['UPDATE', 0],
    ['UPDATE', 0],
  ]);
  expect(held.waiting.every(({ session: id, from }) => id !== null && from?.startsWith('spine-1/'))).toBe(
    true,
  );
  expect(held.waiting[0]?.lines.join('\n')).toContain(NEW);
  // The one that came last may go first: it is another session's.
  const last = held.waiting[1];
  await session.stepMessages('deliver', last?.end ?? null);
  expect(known(session).map(([name]) => name)).toEqual([
    `${last?.end.speaker.split('/')[0]} default`,
    'spine-1 default',
  ]);
  const far = held.waiting[0]?.end.speaker ?? '';
  const outcome = await session.playMessages({ until: 'arrival', prefix: NEW, speaker: far }, quiet());
  expect(outcome).toMatchObject({ why: 'arrival', speaker: far });
  expect(await session.playMessages({ until: 'quiet', prefix: '', speaker: '' }, quiet())).toMatchObject({
    why: 'quiet',
  });
  expect(heldMessages(session.world).total).toBe(0);
  const document = await session.document(null);
  const again = new Session(() => undefined);
  await again.openDocument(document, quiet());
  expect(known(again)).toEqual(known(session));
  expect((await again.document(null)).commands).toEqual(document.commands);
}, 120_000);

it('stops where a way leads to a router that cannot go on', async () => {
  const session = await announced();
  expect(checkForwarding(session.world, routedPrefixes(session.world), ['loop', 'blackhole'])).toEqual([]);
  await session.exec(
    'spine-1',
    "vtysh -c 'conf t' -c 'router bgp' -c 'no bgp network import-check'",
    quiet(),
  );
  await session.exec('spine-1', `ip route del blackhole ${NEW}`, quiet());
  const outcome = await session.playMessages({ until: 'blackhole', prefix: NEW, speaker: '' }, quiet());
  expect(outcome.why).toBe('broken');
  expect(outcome.text).toMatch(/sends 10\.9\.9\.0\/24 to spine-1, which has no route for it\.$/);
  await expect(
    session.playMessages({ until: 'arrival', prefix: 'nonsense', speaker: '' }, quiet()),
  ).rejects.toThrow('no prefix');
}, 120_000);
