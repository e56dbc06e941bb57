/** Port role transitions (802.1D-2004, 17.29): what a port has to do to take on the role chosen for it. */
import { MIGRATE_TIME } from './link-machines.ts';
import { machine } from './machine.ts';
import type { Rstp } from './rstp.ts';
import type { RstpPort, RstpRole } from './rstp-port.ts';

type State =
  | 'init-port'
  | 'disable-port'
  | 'disabled-port'
  | 'root-port'
  | 'reroot'
  | 'root-agreed'
  | 'root-proposed'
  | 'root-forward'
  | 'root-learn'
  | 'rerooted'
  | 'designated-port'
  | 'designated-retired'
  | 'designated-synced'
  | 'designated-propose'
  | 'designated-forward'
  | 'designated-learn'
  | 'designated-discard'
  | 'alternate-port'
  | 'alternate-agreed'
  | 'alternate-proposed'
  | 'block-port'
  | 'backup-port';

const ENTRY: Readonly<Record<RstpRole, State>> = {
  root: 'root-port',
  designated: 'designated-port',
  alternate: 'block-port',
  backup: 'block-port',
  disabled: 'disable-port',
};

const isSettled = (p: RstpPort): boolean => p.selected && !p.updtInfo;

/** Another role was chosen than the one whose states these are. */
const otherRole = (p: RstpPort, own: RstpRole): State | null =>
  isSettled(p) && p.role !== p.selectedRole && p.selectedRole !== own ? ENTRY[p.selectedRole] : null;

const delayOf = (p: RstpPort): number =>
  p.sendRstp ? p.designatedTimes.helloTime : p.designatedTimes.forwardDelay;

const syncTree = (tree: Rstp): void => {
  for (const port of tree.ports) port.sync = true;
};

const isReRooted = (p: RstpPort, tree: Rstp): boolean =>
  tree.ports.every((port) => port === p || port.rrWhile === 0);

const allSynced = (tree: Rstp): boolean =>
  tree.ports.every((p) => p.selected && p.role === p.selectedRole && (p.role === 'root' || p.synced));

const wantsAgreement = (p: RstpPort, tree: Rstp): boolean =>
  (allSynced(tree) && !p.agree) || (p.proposed && p.agree);

function fromRoot(p: RstpPort, tree: Rstp): State | null {
  const other = otherRole(p, 'root');
  if (other !== null) return other;
  if (!isSettled(p)) return null;
  if (p.rrWhile !== p.designatedTimes.forwardDelay) return 'root-port';
  if (p.reRoot && p.forward) return 'rerooted';
  const mayMove = p.fdWhile === 0 || (isReRooted(p, tree) && p.rbWhile === 0 && tree.isRapid);
  if (mayMove && !p.learn) return 'root-learn';
  if (mayMove && !p.forward) return 'root-forward';
  if (p.proposed && !p.agree) return 'root-proposed';
  if (wantsAgreement(p, tree)) return 'root-agreed';
  return !p.forward && !p.reRoot ? 'reroot' : null;
}

function fromDesignated(p: RstpPort): State | null {
  const other = otherRole(p, 'designated');
  if (other !== null) return other;
  if (!isSettled(p)) return null;
  const mustStop = (p.sync && !p.synced) || (p.reRoot && p.rrWhile !== 0) || p.disputed;
  if (mustStop && !p.operEdge && (p.learn || p.forward)) return 'designated-discard';
  const mayMove = (p.fdWhile === 0 || p.agreed || p.operEdge) && (p.rrWhile === 0 || !p.reRoot) && !p.sync;
  if (mayMove && !p.learn) return 'designated-learn';
  if (mayMove && !p.forward) return 'designated-forward';
  if (!p.forward && !p.agreed && !p.proposing && !p.operEdge) return 'designated-propose';
  const isQuiet = !p.learning && !p.forwarding;
  if ((!p.synced && (isQuiet || p.agreed || p.operEdge)) || (p.sync && p.synced)) return 'designated-synced';
  return p.rrWhile === 0 && p.reRoot ? 'designated-retired' : null;
}

function fromAlternate(p: RstpPort, tree: Rstp): State | null {
  const other = otherRole(p, 'alternate');
  if (other !== null) return other;
  if (!isSettled(p)) return null;
  if (p.role === 'backup' && p.rbWhile !== 2 * p.designatedTimes.helloTime) return 'backup-port';
  if (p.fdWhile !== delayOf(p) || p.sync || p.reRoot || !p.synced) return 'alternate-port';
  if (p.proposed && !p.agree) return 'alternate-proposed';
  return wantsAgreement(p, tree) ? 'alternate-agreed' : null;
}

const backToRoot = (p: RstpPort): State => otherRole(p, 'root') ?? 'root-port';
const backToDesignated = (p: RstpPort): State => otherRole(p, 'designated') ?? 'designated-port';
const backToAlternate = (p: RstpPort): State => otherRole(p, 'alternate') ?? 'alternate-port';

export const roleMachine = machine<State>({
  start: () => 'init-port',
  states: {
    'init-port': {
      enter(p) {
        p.role = 'disabled';
        p.learn = p.forward = p.synced = false;
        p.sync = p.reRoot = true;
        p.rrWhile = p.designatedTimes.forwardDelay;
        p.fdWhile = p.designatedTimes.maxAge;
        p.rbWhile = 0;
      },
      next: () => 'disable-port',
    },
    'disable-port': {
      enter(p) {
        p.role = p.selectedRole;
        p.learn = p.forward = false;
      },
      next: (p) =>
        otherRole(p, 'disabled') ?? (isSettled(p) && !p.learning && !p.forwarding ? 'disabled-port' : null),
    },
    'disabled-port': {
      enter(p) {
        p.fdWhile = p.designatedTimes.maxAge;
        p.synced = true;
        p.rrWhile = 0;
        p.sync = p.reRoot = false;
      },
      next(p) {
        const other = otherRole(p, 'disabled');
        if (other !== null) return other;
        const isOff = p.fdWhile !== p.designatedTimes.maxAge || p.sync || p.reRoot || !p.synced;
        return isSettled(p) && isOff ? 'disabled-port' : null;
      },
    },
    'root-port': {
      enter(p) {
        p.role = 'root';
        p.rrWhile = p.designatedTimes.forwardDelay;
      },
      next: fromRoot,
    },
    reroot: {
      enter(_, tree) {
        for (const port of tree.ports) port.reRoot = true;
      },
      next: backToRoot,
    },
    'root-agreed': {
      enter(p) {
        p.proposed = p.sync = false;
        p.agree = p.newInfo = true;
      },
      next: backToRoot,
    },
    'root-proposed': {
      enter(p, tree) {
        syncTree(tree);
        p.proposed = false;
      },
      next: backToRoot,
    },
    'root-forward': {
      enter(p) {
        p.fdWhile = 0;
        p.forward = true;
      },
      next: backToRoot,
    },
    'root-learn': {
      enter(p) {
        p.fdWhile = delayOf(p);
        p.learn = true;
      },
      next: backToRoot,
    },
    rerooted: {
      enter(p) {
        p.reRoot = false;
      },
      next: backToRoot,
    },
    'designated-port': {
      enter(p) {
        p.role = 'designated';
      },
      next: fromDesignated,
    },
    'designated-retired': {
      enter(p) {
        p.reRoot = false;
      },
      next: backToDesignated,
    },
    'designated-synced': {
      enter(p) {
        p.rrWhile = 0;
        p.synced = true;
        p.sync = false;
      },
      next: backToDesignated,
    },
    'designated-propose': {
      enter(p) {
        p.proposing = true;
        p.edgeDelayWhile = p.isPointToPoint ? MIGRATE_TIME : p.designatedTimes.maxAge;
        p.newInfo = true;
      },
      next: backToDesignated,
    },
    'designated-forward': {
      enter(p) {
        p.forward = true;
        p.fdWhile = 0;
        p.agreed = p.sendRstp;
      },
      next: backToDesignated,
    },
    'designated-learn': {
      enter(p) {
        p.learn = true;
        p.fdWhile = delayOf(p);
      },
      next: backToDesignated,
    },
    'designated-discard': {
      enter(p) {
        p.learn = p.forward = p.disputed = false;
        p.fdWhile = delayOf(p);
      },
      next: backToDesignated,
    },
    'alternate-port': {
      enter(p) {
        p.fdWhile = p.designatedTimes.forwardDelay;
        p.synced = true;
        p.rrWhile = 0;
        p.sync = p.reRoot = false;
      },
      next: fromAlternate,
    },
    'alternate-agreed': {
      enter(p) {
        p.proposed = false;
        p.agree = p.newInfo = true;
      },
      next: backToAlternate,
    },
    'alternate-proposed': {
      enter(p, tree) {
        syncTree(tree);
        p.proposed = false;
      },
      next: backToAlternate,
    },
    'block-port': {
      enter(p) {
        p.role = p.selectedRole;
        p.learn = p.forward = false;
      },
      next: (p) =>
        otherRole(p, 'alternate') ?? (isSettled(p) && !p.learning && !p.forwarding ? 'alternate-port' : null),
    },
    'backup-port': {
      enter(p) {
        p.rbWhile = 2 * p.designatedTimes.helloTime;
      },
      next: backToAlternate,
    },
  },
});
