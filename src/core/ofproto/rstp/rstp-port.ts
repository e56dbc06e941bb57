/** One port of a rapid spanning tree: its settings, what it knows and is told, and where its machines stand (802.1D-2004, 17.19). */

export type RstpState = 'disabled' | 'discarding' | 'learning' | 'forwarding';
export type RstpRole = 'root' | 'designated' | 'alternate' | 'backup' | 'disabled';

export const RSTP_MAX_PORTS = 4095;
export const RSTP_DEFAULT_PRIORITY = 32_768;
export const RSTP_DEFAULT_PORT_PRIORITY = 128;
const RSTP_DEFAULT_COST = 2000;

/** Bits of a BPDU's flags, and the place of the sender's role among them. */
export const RSTP_FLAG = {
  topologyChange: 0x01,
  proposal: 0x02,
  learning: 0x10,
  forwarding: 0x20,
  agreement: 0x40,
  acknowledgement: 0x80,
} as const;
export const ROLE_SHIFT = 2;
/** Roles as BPDUs tell them. */
export const BPDU_ROLE = { unknown: 0, alternate: 1, root: 2, designated: 3 } as const;

/** A priority vector (17.5): the better of two is the lower. */
export interface RstpVector {
  readonly root: bigint;
  readonly cost: number;
  readonly bridge: bigint;
  readonly port: number;
  /** Number and priority of the port that received it; 0 where that does not count. */
  readonly receiver: number;
}

/** Seconds. */
export interface RstpTimes {
  readonly forwardDelay: number;
  readonly helloTime: number;
  readonly maxAge: number;
  readonly messageAge: number;
}

/** A BPDU that was received. */
export interface RstpBpdu {
  readonly kind: 'configuration' | 'rapid' | 'topology-change';
  readonly flags: number;
  readonly vector: RstpVector;
  readonly times: RstpTimes;
}

export interface RstpPortSettings {
  /** 0: the first that is free. */
  readonly number: number;
  readonly priority: number;
  readonly pathCost: number;
  readonly adminEdge: boolean;
  readonly autoEdge: boolean;
  /** 0: not point to point, 1: point to point, 2: found out, which here means not. */
  readonly pointToPoint: number;
  readonly adminUp: boolean;
  /** Tries whether the partner speaks RSTP again. */
  readonly checkMigration: boolean;
}

/** Where a machine stands; `isEntered` is false until the state's own actions were done. */
export interface MachinePlace {
  state: string | null;
  isEntered: boolean;
}

export const MACHINES = [
  'receive',
  'detection',
  'information',
  'roleTransition',
  'stateTransition',
  'topologyChange',
  'transmit',
  'migration',
] as const;
export type MachineName = (typeof MACHINES)[number];

const NO_VECTOR: RstpVector = { root: 0n, cost: 0, bridge: 0n, port: 0, receiver: 0 };
const NO_TIMES: RstpTimes = { forwardDelay: 0, helloTime: 0, maxAge: 0, messageAge: 0 };

/** Timers count down seconds. */
export class RstpPort {
  name: string | null = null;
  number = 0;
  priority = RSTP_DEFAULT_PORT_PRIORITY;
  pathCost = RSTP_DEFAULT_COST;
  adminEdge = false;
  autoEdge = true;
  isPointToPoint = true;
  adminUp = true;
  operational = false;
  state: RstpState = 'discarding';
  readonly at: Record<MachineName, MachinePlace> = {
    receive: { state: null, isEntered: false },
    detection: { state: null, isEntered: false },
    information: { state: null, isEntered: false },
    roleTransition: { state: null, isEntered: false },
    stateTransition: { state: null, isEntered: false },
    topologyChange: { state: null, isEntered: false },
    transmit: { state: null, isEntered: false },
    migration: { state: null, isEntered: false },
  };

  helloWhen = 0;
  tcWhile = 0;
  fdWhile = 0;
  rcvdInfoWhile = 0;
  rrWhile = 0;
  rbWhile = 0;
  mdelayWhile = 0;
  edgeDelayWhile = 0;
  txCount = 0;

  agree = false;
  agreed = false;
  disputed = false;
  fdbFlush = false;
  forward = false;
  forwarding = false;
  infoIs: 'disabled' | 'received' | 'aged' | 'mine' = 'disabled';
  learn = false;
  learning = false;
  mcheck = false;
  newInfo = false;
  operEdge = false;
  proposed = false;
  proposing = false;
  rcvdBpdu = false;
  rcvdMsg = false;
  rcvdRstp = false;
  rcvdStp = false;
  rcvdTc = false;
  rcvdTcAck = false;
  rcvdTcn = false;
  reRoot = false;
  reselect = false;
  role: RstpRole = 'disabled';
  selected = false;
  selectedRole: RstpRole = 'disabled';
  sendRstp = false;
  sync = false;
  synced = false;
  tcAck = false;
  tcProp = false;
  updtInfo = false;

  bpdu: RstpBpdu | null = null;
  msgVector: RstpVector = NO_VECTOR;
  msgTimes: RstpTimes = NO_TIMES;
  portVector: RstpVector = NO_VECTOR;
  portTimes: RstpTimes = NO_TIMES;
  designatedVector: RstpVector = NO_VECTOR;
  designatedTimes: RstpTimes = NO_TIMES;

  received = 0;
  errors = 0;
  /** Seconds. */
  uptime = 0;

  /** Priority in the high octet, number in the low twelve bits. */
  get id(): number {
    return this.number | (this.priority << 8);
  }

  get enabled(): boolean {
    return this.operational && this.adminUp;
  }
}

/** Path cost of a link of so many Mb/s (802.1D-2004, table 17-3). */
export function rstpCostOfSpeed(mbps: number): number {
  for (let speed = 10_000_000, cost = 2; speed >= 1; speed /= 10, cost *= 10) if (mbps >= speed) return cost;
  return RSTP_DEFAULT_COST;
}
