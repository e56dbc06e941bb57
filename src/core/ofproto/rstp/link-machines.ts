/** Machines of a port's link: what it receives, which protocol its partner speaks, and whether it is at the edge. */
import { machine } from './machine.ts';
import type { RstpPort } from './rstp-port.ts';

/** Seconds for which a protocol is kept before another is tried (17.13.9). */
export const MIGRATE_TIME = 3;

const mustDiscard = (p: RstpPort): boolean => (p.rcvdBpdu || p.edgeDelayWhile !== MIGRATE_TIME) && !p.enabled;

/** Port receive (17.23). */
export const receiveMachine = machine<'discard' | 'receive'>({
  start: () => 'discard',
  states: {
    discard: {
      enter(p) {
        p.rcvdBpdu = p.rcvdRstp = p.rcvdStp = p.rcvdMsg = false;
        p.edgeDelayWhile = MIGRATE_TIME;
      },
      next: (p) => (mustDiscard(p) ? 'discard' : p.rcvdBpdu && p.enabled ? 'receive' : null),
    },
    receive: {
      enter(p) {
        p.rcvdRstp = p.bpdu?.kind === 'rapid';
        p.rcvdStp = !p.rcvdRstp;
        p.operEdge = p.rcvdBpdu = false;
        p.rcvdMsg = true;
        p.edgeDelayWhile = MIGRATE_TIME;
      },
      next: (p) => (mustDiscard(p) ? 'discard' : p.rcvdBpdu && p.enabled && !p.rcvdMsg ? 'receive' : null),
    },
  },
});

/** Port protocol migration (17.24). */
export const migrationMachine = machine<'checking-rstp' | 'selecting-stp' | 'sensing'>({
  start: () => 'checking-rstp',
  states: {
    'checking-rstp': {
      enter(p, tree) {
        p.mcheck = false;
        p.sendRstp = tree.isRapid;
        p.mdelayWhile = MIGRATE_TIME;
      },
      next(p) {
        if (p.mdelayWhile === 0) return 'sensing';
        return p.mdelayWhile !== MIGRATE_TIME && !p.enabled ? 'checking-rstp' : null;
      },
    },
    'selecting-stp': {
      enter(p) {
        p.sendRstp = false;
        p.mdelayWhile = MIGRATE_TIME;
      },
      next: (p) => (p.mdelayWhile === 0 || !p.enabled || p.mcheck ? 'sensing' : null),
    },
    sensing: {
      enter(p) {
        p.rcvdRstp = p.rcvdStp = false;
      },
      next(p, tree) {
        if (!p.enabled || p.mcheck || (tree.isRapid && !p.sendRstp && p.rcvdRstp)) return 'checking-rstp';
        return p.sendRstp && p.rcvdStp ? 'selecting-stp' : null;
      },
    },
  },
});

/** Bridge detection (17.25): a port beyond which no bridge speaks is at the edge. */
export const detectionMachine = machine<'edge' | 'not-edge'>({
  start: (p) => (p.adminEdge ? 'edge' : 'not-edge'),
  states: {
    edge: {
      enter(p) {
        p.operEdge = true;
      },
      next: (p) => ((!p.enabled && !p.adminEdge) || !p.operEdge ? 'not-edge' : null),
    },
    'not-edge': {
      enter(p) {
        p.operEdge = false;
      },
      next(p) {
        const isSilent = p.edgeDelayWhile === 0 && p.autoEdge && p.sendRstp && p.proposing;
        return (!p.enabled && p.adminEdge) || isSilent ? 'edge' : null;
      },
    },
  },
});

/** Port state transition (17.30). */
export const stateTransitionMachine = machine<'discarding' | 'learning' | 'forwarding'>({
  start: () => 'discarding',
  states: {
    discarding: {
      enter(p, tree) {
        tree.setState(p, 'discarding');
        p.learning = p.forwarding = false;
      },
      next: (p) => (p.learn ? 'learning' : null),
    },
    learning: {
      enter(p, tree) {
        tree.setState(p, 'learning');
        p.learning = true;
      },
      next: (p) => (!p.learn ? 'discarding' : p.forward ? 'forwarding' : null),
    },
    forwarding: {
      enter(p, tree) {
        tree.setState(p, 'forwarding');
        p.forwarding = true;
      },
      next: (p) => (p.forward ? null : 'discarding'),
    },
  },
});
