/** The OpenFlow flows that `--ovs` asks a switch for. */
import { err } from '../../base/result.ts';
import type { TraceOptions } from '../../ovn/trace/index.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';

/** Flows of the switch behind `--ovs`; one that cannot be reached is told of, and the trace goes on without it. */
export function switchAt(
  remote: string,
  warn: (text: string) => void,
  host: DatabaseHost,
): TraceOptions['openFlow'] {
  const peer = host.openFlow?.(remote) ?? err('No such file or directory');
  if (peer.ok) return (cookie) => peer.value.flows(cookie).map(({ withStatistics }) => withStatistics);
  warn(`${remote}: connection failed (${peer.error})`);
  return undefined;
}
