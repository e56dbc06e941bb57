/** Port transmit (802.1D-2004, 17.26): which BPDU leaves when, and what it says. */
import { encodeStp } from '../../wire/index.ts';
import { machine } from './machine.ts';
import type { Rstp } from './rstp.ts';
import { BPDU_ROLE, ROLE_SHIFT, RSTP_FLAG, type RstpPort } from './rstp-port.ts';

const MAC_BITS = (1n << 48n) - 1n;
const UNITS = 256;
/** Octets of a rapid BPDU; ovs-vswitchd sends each kind of BPDU in that many. */
const SIZE = 36;

const idOf = (id: bigint) => ({ priority: Number(id >> 48n), mac: id & MAC_BITS });

function compose(p: RstpPort, version: 0 | 2, flags: number): Uint8Array {
  const { designatedVector: vector, designatedTimes: times } = p;
  return encodeStp(version, {
    flags,
    root: idOf(vector.root),
    rootPathCost: vector.cost,
    bridge: idOf(vector.bridge),
    port: vector.port,
    messageAge: times.messageAge * UNITS,
    maxAge: times.maxAge * UNITS,
    helloTime: times.helloTime * UNITS,
    forwardDelay: times.forwardDelay * UNITS,
  });
}

const flag = (isSet: boolean, bit: number): number => (isSet ? bit : 0);

const ROLES = {
  root: BPDU_ROLE.root,
  designated: BPDU_ROLE.designated,
  alternate: BPDU_ROLE.alternate,
  backup: BPDU_ROLE.alternate,
  disabled: BPDU_ROLE.unknown,
} as const;

function send(p: RstpPort, tree: Rstp, bpdu: Uint8Array): void {
  const padded = new Uint8Array(SIZE);
  padded.set(bpdu);
  p.newInfo = false;
  tree.send(p, padded);
  p.txCount += 1;
}

/** Whether anything may be sent now. */
const isReady = (p: RstpPort, tree: Rstp): boolean =>
  p.newInfo && p.txCount < tree.holdCount && p.helloWhen !== 0 && p.selected && !p.updtInfo;

export const transmitMachine = machine<'init' | 'periodic' | 'idle' | 'config' | 'tcn' | 'rstp'>({
  start: () => 'init',
  states: {
    init: {
      enter(p) {
        p.newInfo = true;
        p.txCount = 0;
      },
      next: () => 'idle',
    },
    periodic: {
      enter(p) {
        p.newInfo = p.newInfo || p.role === 'designated' || (p.role === 'root' && p.tcWhile !== 0);
      },
      next: () => 'idle',
    },
    idle: {
      enter(p, tree) {
        p.helloWhen = tree.helloTime;
      },
      next(p, tree) {
        if (p.role === 'disabled') return null;
        if (p.helloWhen === 0 && p.selected && !p.updtInfo) return 'periodic';
        if (!isReady(p, tree)) return null;
        if (p.sendRstp) return 'rstp';
        return p.role === 'root' ? 'tcn' : p.role === 'designated' ? 'config' : null;
      },
    },
    config: {
      enter(p, tree) {
        const flags =
          flag(p.tcWhile !== 0, RSTP_FLAG.topologyChange) | flag(p.tcAck, RSTP_FLAG.acknowledgement);
        send(p, tree, compose(p, 0, flags));
        p.tcAck = false;
      },
      next: () => 'idle',
    },
    tcn: {
      enter: (p, tree) => send(p, tree, encodeStp(0, null)),
      next: () => 'idle',
    },
    rstp: {
      enter(p, tree) {
        const flags =
          (ROLES[p.role] << ROLE_SHIFT) |
          flag(p.agree, RSTP_FLAG.agreement) |
          flag(p.proposing, RSTP_FLAG.proposal) |
          flag(p.tcWhile !== 0, RSTP_FLAG.topologyChange) |
          flag(p.learning, RSTP_FLAG.learning) |
          flag(p.forwarding, RSTP_FLAG.forwarding);
        send(p, tree, compose(p, 2, flags));
        p.tcAck = false;
      },
      next: () => 'idle',
    },
  },
});
