import { expect, it } from 'vitest';
import { present } from '../../base/assert.ts';
import type { Context } from '../../base/context.ts';
import { createRandom } from '../../base/random.ts';
import type { Step } from '../../base/step.ts';
import { Kernel } from '../../linux/index.ts';
import { DEFAULT_BUNDLE } from '../../ofproto/bridge/port.ts';
import type { BridgeConfig } from '../../ofproto/vswitch/config.ts';
import { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import { createClock } from '../clock.ts';
import { PortFrames } from './port-frames.ts';

const PORT = {
  name: 'p1',
  type: '',
  options: new Map(),
  ofportRequest: null,
  device: { mac: 1n, mtu: 1500, up: true },
};
const BRIDGE: BridgeConfig = {
  name: 'br0',
  failMode: 'standalone',
  mac: null,
  datapathType: 'netdev',
  macAge: 300,
  macTableSize: 8192,
  floodVlans: [],
  forwardReserved: false,
  ports: [{ name: 'p1', interfaces: [PORT], vlan: DEFAULT_BUNDLE, bondMode: 'active-backup' }],
  mirrors: [],
};

it('a frame whose port goes before its turn is dropped with the reason', () => {
  const steps: Omit<Step, 'id' | 'time'>[] = [];
  const clock = createClock();
  const context: Context = {
    clock,
    random: createRandom(1),
    recorder: { active: true, record: (step) => steps.push(step) },
  };
  const kernel = new Kernel('h', context);
  const vswitch = new Vswitch('h', context);
  const frames = new PortFrames({
    context,
    kernel,
    vswitch,
    internal: { get: () => undefined },
    attached: { get: () => undefined },
    tunnels: { send: () => undefined },
    isUserspace: () => true,
    toController: () => false,
  });
  vswitch.reconfigure([BRIDGE]);
  const port = present(vswitch.portByName('p1'));
  const link = kernel.addLink('', { kind: 'dummy', name: 'p1' });
  if (!link.ok) throw new Error(link.error.errno);
  const frame = new Uint8Array(60);
  expect(frames.fromLink(link.value, frame, null)).toBe(true);
  vswitch.reconfigure([{ ...BRIDGE, ports: [] }]);
  clock.run(clock.now() + 2_000_000);
  frames.send(port, frame, null);
  const gone = {
    where: { host: 'h', bridge: 'br0' },
    what: { kind: 'dropped', reason: { kind: 'blocked', problem: 'port p1 is no longer there' } },
    frame,
  };
  expect(steps).toMatchObject([gone, gone]);
});
