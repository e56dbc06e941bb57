/** Fetches what a scenario stands as once it is open; the build computed it with the same programs. */
import { STARTED } from 'virtual:started';
import type { Started } from '../../engine/started.ts';

/** Null for a scenario without such a file, and where it could not be read: then the worker's answer is waited for. */
export async function fetchStarted(id: string): Promise<Started | null> {
  const address = STARTED[id];
  if (address === undefined) return null;
  try {
    const answer = await fetch(address);
    return answer.ok ? ((await answer.json()) as Started) : null;
  } catch {
    return null;
  }
}
