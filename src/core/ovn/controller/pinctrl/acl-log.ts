/** `log`: an ACL's line in ovn-controller.log. */
import { decodeUtf8 } from '../../../base/utf8.ts';
import { formatFlow } from '../../../flow/flow-text.ts';
import { OFTABLE } from '../../actions/index.ts';
import { recordStep, refuse } from './answer.ts';
import type { Answer } from './answer-kind.ts';

const VERDICTS = ['allow', 'drop', 'reject', 'pass'] as const;
/** Numbers of syslog(3). */
const SEVERITIES: Readonly<Record<number, string>> = {
  1: 'alert',
  4: 'warning',
  5: 'notice',
  6: 'info',
  7: 'debug',
};

export const aclLog: Answer = (packet, answering) => {
  const { userdata, packetIn } = packet;
  const verdict = userdata.u8();
  const severity = userdata.u8();
  if (verdict === undefined || severity === undefined) {
    refuse(answering, packet, 'log data missing');
    return;
  }
  const octets = userdata.rest();
  const name = JSON.stringify(octets.length === 0 ? '<unnamed>' : decodeUtf8(octets));
  const direction = packetIn.table < OFTABLE.egress ? 'from-lport' : 'to-lport';
  const said = `verdict=${VERDICTS[verdict] ?? '<unknown>'}, severity=${SEVERITIES[severity] ?? '<unknown>'}`;
  const text = `name=${name}, ${said}, direction=${direction}: ${formatFlow(packet.headers)}`;
  answering.log.info('acl_log', text);
  recordStep(answering, packet.step, { kind: 'note', text }, packet.octets, packet.because);
};
