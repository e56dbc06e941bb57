/** What the actions of flows refer to: tables, ports, groups, meters. */
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import { TABLE_ANY, type OfpAct } from '../actions/ofpact.ts';

export interface References {
  table(number: number): void;
  port(number: OfPort): void;
  group(id: number): void;
  meter(id: number): void;
}

const isReal = (port: OfPort): boolean => port < OFPP.max;

/** Tells `to` of everything that `actions` refer to, those inside of others included. */
export function visitReferences(actions: readonly OfpAct[], to: References): void {
  for (const act of actions)
    switch (act.kind) {
      case 'output':
      case 'output_trunc':
      case 'enqueue':
        if (isReal(act.port)) to.port(act.port);
        break;
      case 'bundle':
        for (const port of act.members) if (isReal(port)) to.port(port);
        break;
      case 'resubmit':
        if (act.table !== TABLE_ANY) to.table(act.table);
        break;
      case 'goto_table':
        to.table(act.table);
        break;
      case 'ct':
        if (act.table !== null) to.table(act.table);
        visitReferences(act.exec, to);
        break;
      case 'group':
        to.group(act.group);
        break;
      case 'meter':
        to.meter(act.meter);
        break;
      case 'controller':
        if (act.meter !== 0) to.meter(act.meter);
        break;
      case 'clone':
      case 'write_actions':
        visitReferences(act.actions, to);
        break;
      default:
    }
}
