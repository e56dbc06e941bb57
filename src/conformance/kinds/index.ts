/** All runners. */
import type { Runner } from '../runner.ts';
import { detraceRunner } from './detrace.ts';
import { exprRunner } from './expr.ts';
import { frrRunner } from './frr.ts';
import { linux } from './linux.ts';
import { northdRunner } from './northd.ts';
import { ofprotoRunner } from './ofproto.ts';
import { openflowRunner } from './openflow.ts';
import { packetsRunner } from './packets.ts';
import { showRunner } from './show.ts';
import { traceRunner } from './trace.ts';

export const RUNNERS: readonly Runner[] = [
  exprRunner,
  northdRunner,
  showRunner,
  openflowRunner,
  traceRunner,
  ofprotoRunner,
  detraceRunner,
  packetsRunner,
  linux,
  frrRunner,
];
