/** Port information (802.1D-2004, 17.27, with 802.1Q-2008's additions): what the port believes of its segment. */
import { machine } from './machine.ts';
import type { Rstp } from './rstp.ts';
import { BPDU_ROLE, ROLE_SHIFT, RSTP_FLAG, type RstpPort } from './rstp-port.ts';
import { compareVectors, sameTimes } from './rstp-vector.ts';

const ROLE_MASK = 3;

type Told = 'superior' | 'repeated' | 'inferior' | 'not-designated' | 'other';

const flagsOf = (p: RstpPort): number => p.bpdu?.flags ?? 0;
const roleOf = (p: RstpPort): number =>
  p.bpdu?.kind === 'configuration' ? BPDU_ROLE.designated : (flagsOf(p) >> ROLE_SHIFT) & ROLE_MASK;

/** What the BPDU at hand says, measured by what the port believes (17.21.8). */
function told(p: RstpPort): Told {
  const { bpdu } = p;
  if (!bpdu) return 'other';
  p.msgVector = bpdu.vector;
  p.msgTimes = bpdu.times;
  if (bpdu.kind === 'topology-change') {
    p.rcvdTcn = true;
    return 'other';
  }
  const order = compareVectors(p.msgVector, p.portVector);
  const role = roleOf(p);
  if (role === BPDU_ROLE.designated) {
    if (order === 'inferior') return 'inferior';
    return order === 'same' && sameTimes(p.portTimes, p.msgTimes) ? 'repeated' : 'superior';
  }
  const isOther = role === BPDU_ROLE.root || role === BPDU_ROLE.alternate;
  return isOther && order !== 'superior' ? 'not-designated' : 'other';
}

function recordAgreement(p: RstpPort, tree: Rstp): void {
  p.agreed = tree.isRapid && p.isPointToPoint && (flagsOf(p) & RSTP_FLAG.agreement) !== 0;
  if (p.agreed) p.proposing = false;
}

function recordProposal(p: RstpPort): void {
  const isDesignated = ((flagsOf(p) >> ROLE_SHIFT) & ROLE_MASK) === BPDU_ROLE.designated;
  if (isDesignated && (flagsOf(p) & RSTP_FLAG.proposal) !== 0) p.proposed = true;
}

function setTopologyChange(p: RstpPort): void {
  if (p.bpdu?.kind === 'topology-change') p.rcvdTcn = true;
  else {
    if ((flagsOf(p) & RSTP_FLAG.topologyChange) !== 0) p.rcvdTc = true;
    if ((flagsOf(p) & RSTP_FLAG.acknowledgement) !== 0) p.rcvdTcAck = true;
  }
}

/** Information holds for three hello times, if it is not too old already. */
function renew(p: RstpPort): void {
  const { messageAge, maxAge, helloTime } = p.portTimes;
  p.rcvdInfoWhile = messageAge < maxAge ? helloTime * 3 : 0;
}

/** Whether what the port is to tell, or was told, is no worse than what it believes. */
function isNoWorse(p: RstpPort, source: 'received' | 'mine'): boolean {
  if (p.infoIs !== source) return false;
  const vector = source === 'mine' ? p.designatedVector : p.msgVector;
  return compareVectors(vector, p.portVector) !== 'inferior';
}

const isLost = (p: RstpPort): boolean => !p.enabled && p.infoIs !== 'disabled';

const AFTER: Readonly<Record<Told, State>> = {
  superior: 'superior',
  repeated: 'repeated',
  inferior: 'inferior',
  'not-designated': 'not-designated',
  other: 'other',
};

type State = 'disabled' | 'aged' | 'update' | 'current' | 'receive' | Told;

const backToCurrent = (p: RstpPort): State => (isLost(p) ? 'disabled' : 'current');

export const informationMachine = machine<State>({
  start: () => 'disabled',
  states: {
    disabled: {
      enter(p) {
        p.rcvdMsg = false;
        p.proposing = p.proposed = p.agree = p.agreed = false;
        p.rcvdInfoWhile = 0;
        p.infoIs = 'disabled';
        p.reselect = true;
        p.selected = false;
      },
      next: (p) => (p.enabled ? 'aged' : p.rcvdMsg ? 'disabled' : null),
    },
    aged: {
      enter(p) {
        p.infoIs = 'aged';
        p.reselect = true;
        p.selected = false;
      },
      next: (p) => (isLost(p) ? 'disabled' : p.selected && p.updtInfo ? 'update' : null),
    },
    update: {
      enter(p) {
        p.proposing = p.proposed = false;
        p.agreed = p.agreed && isNoWorse(p, 'mine');
        p.synced = p.synced && p.agreed;
        p.portVector = p.designatedVector;
        p.portTimes = p.designatedTimes;
        p.updtInfo = false;
        p.infoIs = 'mine';
        p.newInfo = true;
      },
      next: backToCurrent,
    },
    current: {
      next(p) {
        if (isLost(p)) return 'disabled';
        if (p.rcvdMsg && !p.updtInfo) return 'receive';
        if (p.selected && p.updtInfo) return 'update';
        const isStale = p.infoIs === 'received' && p.rcvdInfoWhile === 0 && !p.updtInfo && !p.rcvdMsg;
        return isStale ? 'aged' : null;
      },
    },
    receive: {
      next(p, tree) {
        const kind = told(p);
        if (isLost(p)) return 'disabled';
        // A bridge that learns already is not held back by what the other ports agreed to before.
        if (kind === 'superior' && (flagsOf(p) & RSTP_FLAG.learning) !== 0)
          for (const other of tree.ports) if (other !== p) other.agreed = false;
        return AFTER[kind];
      },
    },
    other: {
      enter(p) {
        p.rcvdMsg = false;
      },
      next: backToCurrent,
    },
    'not-designated': {
      enter(p, tree) {
        recordAgreement(p, tree);
        setTopologyChange(p);
        p.rcvdMsg = false;
      },
      next: backToCurrent,
    },
    inferior: {
      enter(p) {
        if ((flagsOf(p) & RSTP_FLAG.learning) !== 0) {
          p.disputed = true;
          p.agreed = false;
        }
        p.rcvdMsg = false;
      },
      next: backToCurrent,
    },
    repeated: {
      enter(p, tree) {
        recordProposal(p);
        setTopologyChange(p);
        recordAgreement(p, tree);
        renew(p);
        p.rcvdMsg = false;
      },
      next: backToCurrent,
    },
    superior: {
      enter(p, tree) {
        p.agreed = p.proposing = false;
        recordProposal(p);
        setTopologyChange(p);
        p.agree = p.agree && isNoWorse(p, 'received');
        recordAgreement(p, tree);
        p.synced = p.synced && p.agreed;
        p.portVector = { ...p.msgVector, receiver: p.portVector.receiver };
        p.portTimes = { ...p.msgTimes, helloTime: p.msgTimes.helloTime || 1 };
        renew(p);
        p.infoIs = 'received';
        p.reselect = true;
        p.selected = false;
        p.rcvdMsg = false;
      },
      next: backToCurrent,
    },
  },
});
