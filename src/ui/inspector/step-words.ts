/** A step in a few words. */
import type { Step } from '../../core/base/step.ts';
import { dropText } from '../../view/index.ts';

function verb(step: Step): string {
  const { what, where } = step;
  const device = where.device ?? where.bridge ?? '';
  switch (what.kind) {
    case 'originated':
      return `made by ${what.program}`;
    case 'received':
      return device === '' ? 'received' : `entering by ${device}`;
    case 'sent':
      return device === '' ? 'sent' : `leaving by ${device}`;
    case 'dropped':
      return `dropped: ${dropText(what.reason)}`;
    case 'delivered':
      return `delivered to ${what.to}`;
    case 'table':
      return `in table ${what.table}${where.bridge ? ` of ${where.bridge}` : ''}`;
    case 'encapsulated':
      return `put into ${what.protocol}`;
    case 'decapsulated':
      return `taken out of ${what.protocol}`;
    case 'routed':
      return `routed by ${what.device}`;
    case 'flooded':
      return `flooded to ${what.ports.length} ports`;
    case 'bridged':
      return `bridged to ${what.port}`;
    case 'output':
      return `output to ${what.port}`;
    case 'queued':
      return `waiting: ${what.reason}`;
    case 'resolved':
      return `${what.address} is ${what.mac}`;
    case 'learned':
    case 'action':
    case 'recirculated':
    case 'conntrack':
    case 'controller':
    case 'rewritten':
    case 'note':
      return what.text;
  }
}

/** `leaving by eth1 on worker1, 156 octets`. */
export function stepPlace(step: Step): string {
  const { host, namespace } = step.where;
  const place = namespace ? `${host}, ${namespace}` : host;
  const size = step.frame ? `, ${step.frame.length} octets` : '';
  return `${verb(step)} on ${place}${size}`;
}

/** Simulated time to the microsecond. */
export function clockText(nanoseconds: number): string {
  const micro = Math.floor(nanoseconds / 1000);
  return `${Math.floor(micro / 1e6)}.${String(micro % 1e6).padStart(6, '0')} s`;
}
