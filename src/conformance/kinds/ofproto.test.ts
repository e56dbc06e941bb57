import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { present } from '../../core/base/assert.ts';
import { createFlow } from '../../core/flow/flow.ts';
import { WORD } from '../../core/flow/words.table.ts';
import { tracePacket } from '../../core/ofproto/trace/trace.ts';
import { readTraceRequest } from '../../core/ofproto/trace/trace-request.ts';
import { checkMegaflow } from './ofproto-megaflow.ts';
import { Replay } from './ofproto-replay.ts';
import { comparable } from './ofproto.ts';

const trace = [
  ' 0. ip, priority 5',
  '     -> conj. priority=5,tcp',
  '     -> conj. priority=5,ip',
  '    output:2',
  'Megaflow: recirc_id=0x7,eth,ip',
  'Datapath actions: ct,recirc(0x7)',
  'recirc(0x7) - resume',
].join('\n');

describe('comparable', () => {
  it.each([
    ['another megaflow', trace.replace('eth,ip', 'eth,tcp')],
    ['other recirculation ids', trace.replaceAll('0x7', '0x9')],
    ['clauses in another order', trace.replace(/( {5}-> conj.*\n)( {5}-> conj.*\n)/, '$2$1')],
  ])('forgives %s', (_, other) => expect(comparable(other)).toBe(comparable(trace)));

  it.each([
    ['another port', trace.replace('output:2', 'output:3')],
    ['another clause', trace.replace('priority=5,tcp', 'priority=5,udp')],
    ['ids that do not belong together', trace.replace('recirc(0x7) -', 'recirc(0x8) -')],
    ['a missing line', trace.replace('    output:2\n', '')],
  ])('does not forgive %s', (_, other) => expect(comparable(other)).not.toBe(comparable(trace)));
});

describe('checkMegaflow', () => {
  const replay = new Replay();
  for (const command of [
    'ovs-vsctl add-br br0',
    'ovs-vsctl add-port br0 p1',
    'ovs-vsctl add-port br0 p2',
    'ovs-ofctl add-flow br0 priority=5,in_port=1,dl_dst=02:00:00:00:00:02,actions=output:2',
    'ovs-ofctl add-flow br0 priority=4,in_port=1,actions=drop',
  ])
    expect(replay.run(command.split(' ')).err).toBe('');
  const bridge = present(replay.vswitch.bridges.get('br0'));
  const request = readTraceRequest(replay.vswitch.datapath, [
    'br0',
    'ip,in_port=1,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2',
  ]);
  if (!request.ok) throw new Error(request.error);
  const [pass] = tracePacket(request.value).passes;

  it('takes a valid one', () => expect(checkMegaflow(bridge, present(pass), createRandom(1))).toBe(''));

  it('finds a packet that a mask too wide treats alike', () => {
    const { translation, ...rest } = present(pass);
    const mask = createFlow();
    mask.set(translation.mask);
    mask.fill(0, WORD.ethDst, WORD.ethDst + 3);
    expect(
      checkMegaflow(bridge, { ...rest, translation: { ...translation, mask } }, createRandom(1)),
    ).toContain('instead of 2');
  });
});
