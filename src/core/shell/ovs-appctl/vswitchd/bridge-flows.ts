/** `bridge/dump-flows`: all flows of a bridge, with those that the switch keeps for itself in a table of its own. */
import { err, ok } from '../../../base/result.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { formatMatch } from '../../../flow/match-text.ts';
import { createMatch, setMatchField } from '../../../flow/match.ts';
import { formatActions } from '../../../ofproto/actions/act-list.ts';
import { TABLE_INTERNAL, type Bridge } from '../../../ofproto/bridge/bridge.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { FlowRule } from '../../../ofproto/bridge/flow-rule.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

const SECOND = 1e9;

/** What comes back to the switch's own table without a reason to is dropped. */
function strayRule({ missRule }: Bridge): FlowRule {
  const match = createMatch();
  setMatchField(match, FIELDS.recirc_id, 0n, (1n << BigInt(FIELDS.recirc_id.bits)) - 1n);
  return new FlowRule(
    { table: TABLE_INTERNAL, priority: 2, cookie: 0n, match, actions: [] },
    missRule.created,
    true,
  );
}

function row({ tlv, clock }: Bridge, rule: FlowRule, offloaded: boolean): string {
  const { cookie, table, packets, bytes, match, priority, actions, created } = rule;
  return [
    cookie === 0n ? '' : `cookie=0x${cookie.toString(16)}, `,
    table === 0 ? '' : `table_id=${table}, `,
    `duration=${Math.floor((clock.now() - created) / SECOND)}s, n_packets=${packets}, n_bytes=${bytes}, `,
    offloaded ? 'n_offload_packets=0, n_offload_bytes=0, ' : '',
    `${formatMatch(match, { priority, tlv })},actions=${formatActions(actions, { tlv })}\n`,
  ].join('');
}

function dump(bridge: Bridge, offloaded: boolean): Reply {
  if (bridge.bundles.some(({ bond }) => bond?.recirculates === true))
    return err('bridge/dump-flows of a bridge with a balance-tcp bond is not modelled here');
  const own = [strayRule(bridge), bridge.missRule, bridge.noPacketInRule, bridge.dropFragmentsRule];
  return ok([...bridge.tables.all(), ...own].map((rule) => row(bridge, rule, offloaded)).join(''));
}

export const BRIDGE_FLOW_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'bridge/dump-flows',
    usage: '[--offload-stats] bridge',
    least: 1,
    most: 2,
    run: (datapath, words) => {
      const bridge = datapath.bridges.get(words.at(-1) ?? '');
      return bridge ? dump(bridge, words[0] === '--offload-stats') : err('Unknown bridge');
    },
  },
];
