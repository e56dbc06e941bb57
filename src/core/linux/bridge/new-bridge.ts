/** A bridge as the kernel makes it (`br_dev_setup`). */
import type { Bridge } from './state.ts';
import { newTimer } from './timer.ts';

const SECOND = 1e9;
const PRIORITY = 0x8000n << 48n;

export const newBridge = (): Bridge => ({
  ports: [],
  fdb: new Map(),
  bridgeId: PRIORITY,
  designatedRoot: PRIORITY,
  rootPathCost: 0,
  rootPort: 0,
  stp: false,
  bridgeMaxAge: 20 * SECOND,
  bridgeHelloTime: 2 * SECOND,
  bridgeForwardDelay: 15 * SECOND,
  maxAge: 20 * SECOND,
  helloTime: 2 * SECOND,
  forwardDelay: 15 * SECOND,
  ageingTime: 300 * SECOND,
  bridgeAgeingTime: 300 * SECOND,
  topologyChange: false,
  topologyChangeDetected: false,
  helloTimer: newTimer(),
  tcnTimer: newTimer(),
  topologyChangeTimer: newTimer(),
  gcTimer: newTimer(),
  groupForwardMask: 0,
  groupAddress: 0x0180c2000000n,
  mtuSetByUser: false,
  vlanFiltering: false,
  vlanProtocol: 0x8100,
  vlanDefaultPvid: 1,
  vlanStats: false,
  vlans: new Map(),
  multicastSnooping: true,
  multicastQuerier: false,
  multicastRouter: 1,
  groups: [],
  queriers: { 4: newTimer(), 6: newTimer() },
  noLinkLocalLearn: false,
});
