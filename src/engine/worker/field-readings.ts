/**
 * What one field holds along a run: of a flow, by the names that Open vSwitch has (`reg15`, `ct_state`, `nw_ttl`), or of the headers,
 * by Wireshark's (`ip.ttl`, `geneve.vni`). Registers and what else only a switch knows come from its tables' look-ups, headers
 * from the octets.
 */
import { isBare, type Step } from '../../core/base/step.ts';
import { extractFlow } from '../../core/flow/extract.ts';
import { formatField } from '../../core/flow/field-text.ts';
import type { Field } from '../../core/flow/field.ts';
import { fieldByName } from '../../core/flow/fields.table.ts';
import { getField, type Flow } from '../../core/flow/flow.ts';
import { keyOf } from '../../core/flow/kept-key.ts';
import { meetsPrerequisite } from '../../core/flow/packet-kind.ts';
import { ETH_TYPE } from '../../core/flow/protocol.table.ts';
import type { Run, World } from '../../core/sim/index.ts';
import type { FieldReading } from '../protocol.ts';
import { FIELDS as HEADER_FIELDS } from './display-filter/fields.table.ts';
import type { Field as HeaderField, FieldValue } from './display-filter/field.ts';
import { decodeStep } from './packet-view.ts';
import { Refused } from './refused.ts';

/** The field's text in each layer that has it, the outermost first; null where nothing can be said, as of registers outside a switch. */
type Held = readonly string[] | null;

/** What a step says of the field; undefined where it is as it was. */
type Reader = (step: Step) => Held | undefined;

/** Neighbouring steps share their octets. */
function perFrame(read: (step: Step, frame: Uint8Array) => Held): Reader {
  let before: { readonly frame: Uint8Array; readonly bare: boolean; readonly held: Held } | null = null;
  return (step) => {
    const { frame } = step;
    if (frame === null) return undefined;
    const bare = isBare(step);
    if (before?.frame !== frame || before.bare !== bare) before = { frame, bare, held: read(step, frame) };
    return before.held;
  };
}

function flowOf(step: Step, frame: Uint8Array): Flow {
  if (!isBare(step)) return extractFlow(frame);
  const type = (frame[0] ?? 0) >>> 4 === 6 ? ETH_TYPE.ipv6 : ETH_TYPE.ip;
  return extractFlow(frame, { packetType: (1 << 16) | type });
}

/** Flags are named where they are set: `+new+trk`. */
const FLAGS: ReadonlySet<Field['format']> = new Set(['ct_state', 'tcp_flags', 'tunnel-flags']);

function heldIn(field: Field, flow: Flow): readonly string[] {
  if (!meetsPrerequisite(flow, field.prerequisite)) return [];
  const value = getField(flow, field);
  if (!FLAGS.has(field.format)) return [formatField(field, value)];
  return [value === 0n ? '0' : formatField(field, value, value)];
}

/** A field that stands in the octets. */
const inFrame = (field: Field): Reader => perFrame((step, frame) => heldIn(field, flowOf(step, frame)));

/** A field that only a switch has of a packet. */
const inSwitch =
  (world: World, field: Field): Reader =>
  ({ id, where, what }) => {
    if (where.bridge === undefined) return null;
    if (what.kind === 'table' || what.kind === 'action') {
      const change = what.changes.findLast((one) => one.field === field.name);
      if (change) return [change.after];
    }
    const asked = world.hosts.get(where.host)?.switch?.vswitch.datapath.lookUps.get(id);
    return asked ? heldIn(field, keyOf(asked.key)) : undefined;
  };

const MOST_OCTETS = 16;

function valueText(value: FieldValue): string {
  if (!(value instanceof Uint8Array)) return String(value);
  const hex = Array.from(value.subarray(0, MOST_OCTETS), (octet) => octet.toString(16).padStart(2, '0'));
  return `${hex.join(' ')}${value.length > MOST_OCTETS ? ' …' : ''}`;
}

const inHeaders = (field: HeaderField): Reader =>
  perFrame((step, frame) =>
    decodeStep(step, frame)
      .layers.flatMap((layer) => field.of(layer, frame) ?? [])
      .map(valueText),
  );

function readerOf(world: World, name: string): Reader {
  const field = fieldByName(name);
  if (field)
    return field.prerequisite === 'none' || field.prerequisite === 'ct'
      ? inSwitch(world, field)
      : inFrame(field);
  const header = HEADER_FIELDS.get(name);
  if (header) return inHeaders(header);
  throw new Refused(`no field is called ${name} (but reg15, nw_ttl, ip.ttl and the like)`);
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);

/** What a step leaves of the field, and the octets that it leaves; null before there are any. */
interface Left {
  readonly held: Held;
  readonly frame: Uint8Array | null;
}

const ETHERNET = 14;

/** Whether `now` is the same packet with headers before it: not the one that an answer to ARP has set free. */
function isWithin(before: Uint8Array | null, now: Uint8Array | null): boolean {
  if (before === null || now === null || before === now) return before === now;
  const inner = before.subarray(ETHERNET);
  const start = now.length - inner.length;
  return start >= 0 && inner.every((octet, at) => octet === now[start + at]);
}

/** Whether the field has another value or was added; layers are compared from the innermost on, as those around come and go. */
function isChange(before: Left, now: Left): boolean {
  if (before.held === null || now.held === null || now.held.length === 0) return false;
  const common = Math.min(before.held.length, now.held.length);
  if (common === 0) return isWithin(before.frame, now.frame);
  return !isSame(before.held.slice(-common), now.held.slice(-common));
}

/**
 * Where `name` holds something else than at the step's cause, ascending; before the first step it holds nothing. Without a run the
 * name alone is looked at. Refused for what is no field.
 */
export function fieldReadings(world: World, run: Run | null, name: string): readonly FieldReading[] {
  const read = readerOf(world, name);
  const left = new Map<number, Left>();
  const readings: FieldReading[] = [];
  run?.steps.forEach((id, position) => {
    const step = world.recorder.step(id);
    const before = (step.parent === null ? undefined : left.get(step.parent)) ?? { held: null, frame: null };
    const held = read(step);
    const now = { held: held === undefined ? before.held : held, frame: step.frame ?? before.frame };
    left.set(id, now);
    const values = now.held ?? [];
    if (!isSame(values, before.held ?? []))
      readings.push({
        step: position,
        values,
        changed: step.what.kind !== 'originated' && isChange(before, now),
      });
  });
  return readings;
}
