import { expect, it } from 'vitest';
import { layoutDiagram, unpackModel, type Layout } from '../../view/index.ts';
import { createModel } from '../../view/model.ts';
import { openLayoutDesk, type LayoutPort, type LayoutRequest } from './layout-desk.ts';

const modelOf = (version: number) =>
  createModel({
    lens: 'logical',
    version,
    compact: false,
    low: false,
    networkOfTunnelKey: () => null,
    tunnelFrom: () => null,
    datapathOf: () => null,
    hostsDatabase: () => false,
    networks: [],
    aliases: new Map(),
    nodes: [],
    edges: [],
  });

const OPTIONS = { pinned: new Map() };

/** A desk whose worker answers when it is told to, with the messages that it got. */
function fakeDesk() {
  const asked: number[] = [];
  const ports: LayoutPort[] = [];
  let request: LayoutRequest | null = null;
  const desk = openLayoutDesk(() => {
    const port: LayoutPort = {
      postMessage: (given) => {
        request = given;
        asked.push(given.model.version);
      },
      onmessage: null,
      onerror: null,
      terminate: () => ports.splice(ports.indexOf(port), 1),
    };
    ports.push(port);
    return port;
  });
  const reply = (data: { kind: 'layout'; layout: Layout } | { kind: 'failed'; message: string }): void =>
    ports[0]?.onmessage?.(new MessageEvent('message', { data }));
  return {
    desk,
    asked,
    ports,
    answer: () => {
      if (request)
        reply({ kind: 'layout', layout: layoutDiagram(unpackModel(request.model), request.options) });
    },
    fail: (message: string) => reply({ kind: 'failed', message }),
  };
}

it('lays one out at a time; of those that wait the newest', async () => {
  const { desk, asked, answer, ports } = fakeDesk();
  expect(ports).toHaveLength(0);
  const [first, second, third] = [1, 2, 3].map((version) => desk.lay(modelOf(version), OPTIONS));
  expect(asked).toEqual([1]);
  expect(await second).toBeNull();
  answer();
  expect((await first)?.nodes.size).toBe(0);
  expect(asked).toEqual([1, 3]);
  answer();
  expect(await third).not.toBeNull();
  expect(ports).toHaveLength(1);
});

it('goes on after one that failed', async () => {
  const { desk, asked, answer, fail } = fakeDesk();
  const first = desk.lay(modelOf(1), OPTIONS);
  const second = desk.lay(modelOf(2), OPTIONS);
  fail('no room');
  await expect(first).rejects.toThrow('no room');
  answer();
  expect(await second).not.toBeNull();
  expect(asked).toEqual([1, 2]);
});

it('ends its worker when it is closed, and starts another when it is asked again', async () => {
  const { desk, ports, answer } = fakeDesk();
  const under = desk.lay(modelOf(1), OPTIONS);
  const waiting = desk.lay(modelOf(2), OPTIONS);
  desk.close();
  expect(await under).toBeNull();
  expect(await waiting).toBeNull();
  expect(ports).toHaveLength(0);
  const again = desk.lay(modelOf(3), OPTIONS);
  answer();
  expect(await again).not.toBeNull();
});
