/** What each frame costs: processor time of the page's main thread between two frames that it hands to the screen. */
import type { Browser, CDPSession } from '@playwright/test';

/** The part of a trace's event that is read. Times in microseconds; `tdur` is the thread's own. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata'];

/** Milliseconds of each frame that the page drew while `act` ran. Of several pages the one that drew most is meant. */
export async function frameTimes(browser: Browser, act: () => Promise<void>): Promise<readonly number[]> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  await act();
  await ended(session);
  await session.detach();
  return framesOf(events);
}

function ended(session: CDPSession): Promise<void> {
  return new Promise((done, failed) => {
    session.once('Tracing.tracingComplete', () => done());
    session.send('Tracing.end').catch(failed);
  });
}

function framesOf(events: readonly TraceEvent[]): readonly number[] {
  const threads = new Map<string, { readonly tasks: TraceEvent[]; readonly drawn: number[] }>();
  for (const { name, pid, tid, args } of events)
    if (name === 'thread_name' && args?.name === 'CrRendererMain')
      threads.set(`${pid} ${tid}`, { tasks: [], drawn: [] });
  for (const event of events) {
    const thread = threads.get(`${event.pid} ${event.tid}`);
    if (event.ph !== 'X' || !thread) continue;
    if (event.name === 'RunTask') thread.tasks.push(event);
    if (event.name === 'Commit') thread.drawn.push(event.ts + (event.dur ?? 0));
  }
  const [page] = [...threads.values()].toSorted((a, b) => b.drawn.length - a.drawn.length);
  if (!page) return [];
  const tasks = page.tasks.toSorted((a, b) => a.ts - b.ts);
  let at = 0;
  return page.drawn
    .toSorted((a, b) => a - b)
    .map((end) => {
      let sum = 0;
      for (; (tasks[at]?.ts ?? end) < end; at += 1) sum += (tasks[at]?.tdur ?? 0) / 1000;
      return sum;
    });
}
