/** All runners. */
import type { Runner } from '../runner.ts';
import { exprRunner } from './expr.ts';
import { northdRunner } from './northd.ts';
import { openflowRunner } from './openflow.ts';
import { packetsRunner } from './packets.ts';
import { showRunner } from './show.ts';

export const RUNNERS: readonly Runner[] = [exprRunner, northdRunner, showRunner, openflowRunner, packetsRunner];
