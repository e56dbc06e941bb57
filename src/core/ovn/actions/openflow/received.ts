/** What a switch holds after actions went over OpenFlow: the same, but for what the wire form cannot tell apart. */
import type { LearnSpec, OfpAct } from '../../../ofproto/actions/ofpact.ts';

/** Octets of a note action before its data. */
const NOTE_HEADER = 10;

function receivedSpec(spec: LearnSpec): LearnSpec {
  if (spec.kind === 'output' || spec.source.kind === 'immediate') return spec;
  const { field, offset } = spec.source.subfield;
  return { ...spec, source: { kind: 'field', subfield: { field, offset, length: spec.destination.length } } };
}

function paddedNote(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((data.length + NOTE_HEADER) / 8) * 8 - NOTE_HEADER);
  padded.set(data);
  return padded;
}

function receivedAct(act: OfpAct): OfpAct {
  switch (act.kind) {
    case 'dec_ttl':
      return act.controllerIds.length === 1 && act.controllerIds[0] === 0 ? act : { ...act, explicit: true };
    case 'learn':
      return { ...act, specs: act.specs.map(receivedSpec) };
    case 'note':
      return { ...act, data: paddedNote(act.data) };
    case 'clone':
      return { ...act, actions: receivedActs(act.actions) };
    case 'ct':
      return { ...act, exec: receivedActs(act.exec) };
    default:
      return act;
  }
}

/** The acts of `encodeActions` as `ovs-ofctl dump-flows` shows them once installed. */
export const receivedActs = (acts: readonly OfpAct[]): readonly OfpAct[] => acts.map(receivedAct);
