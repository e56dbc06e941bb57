/** A next hop object as `ip nexthop` and `ip -d route` print it. */
import { formatIp } from '../../linux/family.ts';
import type { ResilientTable } from '../../linux/resilient-group.ts';
import { SCOPE, type Nexthop, type NexthopObject } from '../../linux/route.ts';
import { protocolName, scopeName } from './names.ts';
import type { IpRun } from './run.ts';
import type { Writer } from './writer.ts';

/** Flags of a next hop, as words. */
export function nexthopFlags(run: IpRun, hop: Nexthop): string[] {
  const flags: string[] = [];
  const ignored =
    hop.linkdown && run.net.sysctl.max4(run.linkName(hop.ifindex), 'ignore_routes_with_linkdown') !== 0;
  if (hop.dead || ignored) flags.push('dead');
  if (hop.onlink) flags.push('onlink');
  if (hop.linkdown) flags.push('linkdown');
  return flags;
}

/** One object without its end of line: `details` adds what is the default. */
export function printNexthop(run: IpRun, writer: Writer, object: NexthopObject): void {
  const { options } = run;
  writer.field('id', object.id, `id ${object.id} `);
  if (object.kind === 'group') {
    writer.openArray('group', 'group ');
    object.group.forEach(({ id, weight }, index) => {
      writer.openObject();
      if (index > 0) writer.text('/');
      writer.field('id', id, String(id));
      if (weight > 1) writer.field('weight', weight, `,${weight}`);
      writer.closeObject();
    });
    writer.closeArray(' ');
    if (object.resilient !== null) printResilient(writer, object.resilient);
  }
  const hop = object.nexthop;
  if (object.gateway !== null) {
    const via = formatIp(object.gateway.family, object.gateway.address);
    writer.field('gateway', via, `via ${via} `);
  }
  if (hop !== null && object.kind === 'single') {
    if (hop.gateway !== null)
      writer.field(
        'gateway',
        formatIp(hop.gateway.family, hop.gateway.address),
        `via ${formatIp(hop.gateway.family, hop.gateway.address)} `,
      );
    writer.field('dev', run.linkName(hop.ifindex), `dev ${run.linkName(hop.ifindex)} `);
  }
  const scope =
    object.kind !== 'single' ? SCOPE.global : object.fdb ? SCOPE.link : (hop?.scope ?? SCOPE.global);
  if (scope !== SCOPE.global || options.details)
    writer.field('scope', scopeName(scope, options.numeric), `scope ${scopeName(scope, options.numeric)} `);
  if (object.kind === 'blackhole') writer.field('blackhole', null, 'blackhole ');
  if (object.protocol !== 0 || options.details)
    writer.field(
      'protocol',
      protocolName(object.protocol, options.numeric),
      `proto ${protocolName(object.protocol, options.numeric)} `,
    );
  writer.openArray('flags');
  if (hop !== null && object.kind === 'single')
    for (const flag of nexthopFlags(run, hop)) writer.field(null, flag, `${flag} `);
  writer.closeArray();
  if (object.fdb) writer.field('fdb', null, 'fdb');
}

/** Hundredths of a second, as few digits as it takes. */
export const secondsText = (time: number): string => String(Math.floor(time / 1e7) / 100);

function printResilient(writer: Writer, table: ResilientTable): void {
  const { idleTimer, unbalancedTimer } = table.settings;
  writer.field('type', 'resilient', 'type resilient ');
  writer.openObject('resilient_args');
  writer.field('buckets', table.count, `buckets ${table.count} `);
  writer.field('idle_timer', idleTimer, `idle_timer ${idleTimer} `);
  writer.field('unbalanced_timer', unbalancedTimer, `unbalanced_timer ${unbalancedTimer} `);
  const time = secondsText(table.unbalancedTime);
  writer.jsonRaw('unbalanced_time', time);
  writer.text(`unbalanced_time ${time} `);
  writer.closeObject();
}
