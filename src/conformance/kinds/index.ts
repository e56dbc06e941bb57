/** All runners. */
import type { Runner } from '../runner.ts';
import { exprRunner } from './expr.ts';
import { openflowRunner } from './openflow.ts';

export const RUNNERS: readonly Runner[] = [exprRunner, openflowRunner];
