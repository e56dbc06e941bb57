/** The groups and meters that flows name, as they are installed in the switch. */
import {
  parseGroup,
  groupOf,
  parseMeter,
  type GroupSpec,
  type MeterSpec,
  viaOpenFlow,
} from '../../ofproto/index.ts';
import type { SbDatabase } from '../../ovsdb/index.ts';
import type { Numbers } from './numbers.ts';

const OF15 = 6;

interface Made<T> {
  readonly text: string;
  readonly spec: T | undefined;
}

/** A meter that a logical action describes itself: a name of 52 characters, then the request. */
const OWN_METER = /^__string: uuid \S+ (.*)$/;

/** The description of a row of Meter as a request; undefined when there is no such row. */
function meterText(sb: SbDatabase, name: string): string | undefined {
  const own = OWN_METER.exec(name)?.[1];
  if (own !== undefined) return own;
  const [row] = sb.find('Meter', 'name', name);
  if (!row) return undefined;
  const bands = row.bands.flatMap((uuid) => sb.get('Meter_Band', uuid) ?? []);
  const burst = bands.some((band) => band.burst_size > 0) ? ' burst' : '';
  const list = bands.map(
    (band) => `type=drop rate=${band.rate}${band.burst_size > 0 ? ` burst_size=${band.burst_size}` : ''}`,
  );
  return `${row.unit === 'pktps' ? 'pktps' : 'kbps'}${burst} stats bands=${list.join(' ')}`;
}

/** As the switch has it after a message of OpenFlow 1.5, which ovn-controller speaks. */
const asSent = (group: GroupSpec): GroupSpec => ({
  ...group,
  buckets: group.buckets.map((bucket) => ({ ...bucket, actions: viaOpenFlow(bucket.actions, OF15) })),
});

/** Keeps what was made: the same group is the same object for as long as its description is. */
export class GroupsAndMeters {
  #groups = new Map<number, Made<GroupSpec>>();
  #meters = new Map<number, Made<MeterSpec>>();

  groups(numbers: Numbers): GroupSpec[] {
    const made = new Map<number, Made<GroupSpec>>();
    for (const [text, id] of numbers.entries()) {
      const known = this.#groups.get(id);
      if (known?.text === text) made.set(id, known);
      else {
        const parsed = parseGroup(`group_id=${id},${text}`, 'add');
        made.set(id, { text, spec: parsed.ok ? asSent(groupOf(parsed.value)) : undefined });
      }
    }
    this.#groups = made;
    return [...made.values()].flatMap(({ spec }) => spec ?? []);
  }

  meters(numbers: Numbers, sb: SbDatabase): MeterSpec[] {
    const made = new Map<number, Made<MeterSpec>>();
    for (const [name, id] of numbers.entries()) {
      const text = meterText(sb, name);
      if (text === undefined) continue;
      const known = this.#meters.get(id);
      if (known?.text === text) made.set(id, known);
      else {
        const parsed = parseMeter(`meter=${id} ${text}`, true);
        made.set(id, { text, spec: parsed.ok ? parsed.value : undefined });
      }
    }
    this.#meters = made;
    return [...made.values()].flatMap(({ spec }) => spec ?? []);
  }
}
