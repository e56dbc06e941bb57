/** Topology change (802.1D-2004, 17.31): learned addresses are forgotten where the tree changed, and others are told. */
import { machine } from './machine.ts';
import type { Rstp } from './rstp.ts';
import type { RstpPort } from './rstp-port.ts';

function startTimer(p: RstpPort, tree: Rstp): void {
  if (p.tcWhile !== 0) return;
  p.tcWhile = p.sendRstp ? tree.helloTime + 1 : tree.maxAge + tree.forwardDelay;
  if (p.sendRstp) p.newInfo = true;
}

/** All other ports are to pass it on. */
const propagate = (p: RstpPort, tree: Rstp): void => {
  for (const port of tree.ports) if (port !== p) port.tcProp = true;
};

const serves = (p: RstpPort): boolean => p.role === 'root' || p.role === 'designated';
const isTold = (p: RstpPort): boolean => p.rcvdTc || p.rcvdTcn || p.rcvdTcAck || p.tcProp;

type State =
  | 'inactive'
  | 'learning'
  | 'detected'
  | 'active'
  | 'acknowledged'
  | 'propagating'
  | 'notified-tc'
  | 'notified-tcn';

export const topologyMachine = machine<State>({
  start: () => 'inactive',
  states: {
    inactive: {
      enter(p) {
        p.fdbFlush = true;
        p.tcWhile = 0;
        p.tcAck = false;
      },
      next: (p) => (p.learn && !p.fdbFlush ? 'learning' : null),
    },
    learning: {
      enter(p) {
        p.rcvdTc = p.rcvdTcn = p.rcvdTcAck = p.tcProp = false;
      },
      next(p) {
        if (!serves(p) && !p.learn && !p.learning && !isTold(p)) return 'inactive';
        if (isTold(p)) return 'learning';
        return serves(p) && p.forward && !p.operEdge ? 'detected' : null;
      },
    },
    detected: {
      enter(p, tree) {
        startTimer(p, tree);
        propagate(p, tree);
        p.newInfo = true;
      },
      next: () => 'active',
    },
    active: {
      next(p) {
        if (!serves(p) || p.operEdge) return 'learning';
        if (p.rcvdTcn) return 'notified-tcn';
        if (p.rcvdTc) return 'notified-tc';
        if (p.tcProp) return 'propagating';
        return p.rcvdTcAck ? 'acknowledged' : null;
      },
    },
    acknowledged: {
      enter(p) {
        p.tcWhile = 0;
        p.rcvdTcAck = false;
      },
      next: () => 'active',
    },
    propagating: {
      enter(p, tree) {
        startTimer(p, tree);
        p.fdbFlush = true;
        p.tcProp = false;
      },
      next: () => 'active',
    },
    'notified-tc': {
      enter(p, tree) {
        p.rcvdTcn = p.rcvdTc = false;
        if (p.role === 'designated') p.tcAck = true;
        propagate(p, tree);
      },
      next: () => 'active',
    },
    'notified-tcn': {
      enter: startTimer,
      next: () => 'notified-tc',
    },
  },
});
