/**
 * `split_buf_action`: the actions of one logical flow were too many for one run of the switch; the rest of them goes on with
 * the packet as a new one, at the part and for the port that the userdata names.
 */
import { wholeField } from '../../../flow/field.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField } from '../../../flow/flow.ts';
import { OFPP } from '../../../flow/ofport.table.ts';
import { setSubfield } from '../../../ofproto/actions/ofpact.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';
import { originate, reloadMetadata } from './answer.ts';
import type { Answer } from './answer-kind.ts';

export const splitBufAction: Answer = (packet, answering) => {
  const { userdata, metadata } = packet;
  const index = userdata.u32();
  const outport = userdata.u32();
  const table = userdata.u8();
  if (index === undefined || outport === undefined || table === undefined) {
    const missing = index === undefined ? 'index' : outport === undefined ? 'outport tunnel_key' : 'table_id';
    answering.log.warn('pinctrl', `pinctrl_split_buf_action_handler: missing ${missing} field`);
    return;
  }
  const actions = [
    ...reloadMetadata(metadata),
    setSubfield(wholeField(FIELDS.pkt_mark), getField(metadata, FIELDS.pkt_mark)),
    setSubfield(wholeField(FIELDS.reg6), BigInt(index)),
    setSubfield(wholeField(LOG_FIELDS.outport), BigInt(outport)),
    { kind: 'resubmit', port: OFPP.controller, table, ct: false } as const,
  ];
  originate(answering, packet.step, packet.octets, actions, 'the rest of the actions', packet.because);
};
