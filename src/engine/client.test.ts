import { describe, expect, it } from 'vitest';
import { createEngineClient, type EnginePort } from './client.ts';
import type { EngineReply, EngineRequest } from './protocol.ts';

function joined() {
  const posted: EngineRequest[] = [];
  const port: EnginePort = {
    postMessage: (message) => void posted.push(message),
    onmessage: null,
    onerror: null,
  };
  const client = createEngineClient(port);
  return {
    client,
    posted,
    reply: (data: EngineReply) => port.onmessage?.({ data } as MessageEvent<EngineReply>),
    fail: (message?: string) => port.onerror?.({ message } as ErrorEvent),
  };
}

describe('the engine client', () => {
  it('rejects what waits and what comes when the worker never came up', async () => {
    const { client, fail } = joined();
    const waiting = client.call('programs', null as never);
    fail();
    for (const call of [waiting, client.call('programs', null as never)])
      await expect(call).rejects.toMatchObject({
        detail: { kind: 'bug', remedy: 'Check the connection, then reload the page.' },
      });
  });

  it('keeps the calls of a worker that lives, and tells what failed in it', async () => {
    const { client, reply, fail } = joined();
    const told: string[] = [];
    client.onFault((message) => told.push(message));
    const first = client.call('programs', null as never);
    const second = client.call('programs', null as never);
    reply({ kind: 'answer', id: 1, answer: [] as never });
    fail('Uncaught Error: broken');
    reply({ kind: 'answer', id: 2, answer: ['ping'] as never });
    await expect(first).resolves.toEqual([]);
    await expect(second).resolves.toEqual(['ping']);
    expect(told).toEqual(['broken']);
  });
});
