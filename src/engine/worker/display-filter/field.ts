/** What a field of a display filter is: the values that a layer has of it, and what may stand beside it in a comparison. */
import type { Layer, LayerKind, LayerOf } from '../../../core/wire/index.ts';

/** `octets`: a protocol, from its first octet to the end of what it carries, or a field without a form of its own. */
export type FieldType = 'number' | 'flag' | 'mac' | 'ipv4' | 'ipv6' | 'text' | 'octets';

/** Addresses and names as text in the core's form, flags as 0 and 1. */
export type FieldValue = number | string | Uint8Array;

export interface Field {
  readonly type: FieldType;
  /** The values that a layer has of it; null when it is another layer's. */
  readonly of: (layer: Layer, frame: Uint8Array) => readonly FieldValue[] | null;
}

/** A field of one kind of layer; a value that is null is not in this packet. */
export function field<Kind extends LayerKind>(
  type: FieldType,
  kind: Kind,
  values: (layer: LayerOf<Kind>, frame: Uint8Array) => readonly (FieldValue | null)[],
): Field {
  return {
    type,
    of: (layer, frame) =>
      layer.kind === kind
        ? values(layer as LayerOf<Kind>, frame).filter((value): value is FieldValue => value !== null)
        : null,
  };
}

/** A protocol that is one of these kinds of layer, and `holds` of it. */
export function protocol(
  kinds: readonly LayerKind[],
  holds: (layer: Layer, frame: Uint8Array) => boolean = () => true,
): Field {
  return {
    type: 'octets',
    of: (layer, frame) =>
      kinds.includes(layer.kind) && holds(layer, frame)
        ? [frame.subarray(layer.offset, layer.offset + layer.size)]
        : null,
  };
}

/** A protocol above TCP that no layer stands for: `find` gives what it has in the octets that a segment carries, null for none. */
export function carried<Found>(
  find: (octets: Uint8Array, ports: readonly [number, number]) => Found | null,
): {
  readonly protocol: Field;
  field(type: FieldType, values: (found: Found) => readonly (FieldValue | null)[]): Field;
} {
  const inside = (layer: Layer, frame: Uint8Array): readonly [Found, Uint8Array] | null => {
    if (layer.kind !== 'tcp') return null;
    const octets = frame.subarray(layer.offset + layer.headerSize, layer.offset + layer.size);
    if (octets.length === 0) return null;
    const found = find(octets, [layer.sourcePort, layer.destinationPort]);
    return found === null ? null : [found, octets];
  };
  return {
    protocol: {
      type: 'octets',
      of: (layer, frame) => {
        const found = inside(layer, frame);
        return found && [found[1]];
      },
    },
    field: (type, values) => ({
      type,
      of: (layer, frame) => {
        const found = inside(layer, frame);
        return found && values(found[0]).filter((value): value is FieldValue => value !== null);
      },
    }),
  };
}
