/** All runners. */
import type { Runner } from '../runner.ts';

export const RUNNERS: readonly Runner[] = [];
