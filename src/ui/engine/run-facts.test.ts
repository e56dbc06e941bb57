import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { growingQuery } from './run-facts.ts';

/** Asks as the page does of a run with so many steps; the engine tells of each of them. */
function ask(client: QueryClient, run: number, count: number) {
  const steps = Array.from({ length: count }, (_, index) => index);
  const query = growingQuery(client, 'match', { epoch: 1, run, count }, 'icmp', () => Promise.resolve(steps));
  const observer = new QueryObserver(client, query);
  return { query, now: () => observer.getCurrentResult() };
}

it('asks again of a run that has grown, and keeps what is known of it meanwhile', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  await client.fetchQuery(ask(client, 7, 2).query);
  expect(ask(client, 7, 2).now()).toMatchObject({ data: [0, 1], isPlaceholderData: false });

  expect(ask(client, 7, 3).now()).toMatchObject({ data: [0, 1], isPlaceholderData: true });
  await client.fetchQuery(ask(client, 7, 3).query);
  expect(ask(client, 7, 3).now()).toMatchObject({ data: [0, 1, 2], isPlaceholderData: false });

  expect(ask(client, 8, 3).now()).toMatchObject({ data: undefined, isPending: true });
});
