/** Faults in words, and where they show. */
import type { Fault, Subject } from '../../engine/protocol.ts';
import type { SpeakerSnapshot, WorldSnapshot } from '../../engine/snapshot.ts';
import { l2Domains } from '../../view/index.ts';

/** What is wrong, as a label: `eth1 of worker2: cable out`. */
export function faultText(fault: Fault, snapshot: WorldSnapshot): string {
  switch (fault.kind) {
    case 'cut':
      return `${fault.device} of ${fault.host}: cable out`;
    case 'loss':
      return `${fault.device} of ${fault.host}: loses ${fault.percent} %`;
    case 'vlan':
      return `${fault.device} of ${fault.host}: ${
        fault.vlan === null ? 'switch port in a wrong VLAN' : `VLAN ${fault.vlan} not on its switch port`
      }`;
    case 'mtu': {
      const segment = snapshot.segments.find(({ id }) => id === fault.segment);
      return `${segment?.name ?? fault.segment}: carries ${fault.mtu} octets at most`;
    }
    case 'stopped':
      return `${nameOf(fault)} of ${fault.host}: ${fault.program === 'ovs-vswitchd' ? 'stopped' : 'stands still'}`;
    case 'release':
      return `ovn-controller of ${fault.host}: ${RELEASE_FAULTS[fault.fault].text}`;
  }
}

/** The thing of the diagram that a fault concerns. */
export function subjectOfFault(fault: Fault): Subject {
  switch (fault.kind) {
    case 'cut':
    case 'loss':
    case 'vlan':
      return { kind: 'link', host: fault.host, namespace: '', device: fault.device };
    case 'mtu':
      return { kind: 'segment', id: fault.segment };
    case 'stopped':
      return fault.program === 'bgpd'
        ? { kind: 'speaker', id: `${fault.host}/${fault.daemons}/default` }
        : { kind: 'program', host: fault.host, name: fault.program, database: '' };
    case 'release':
      return { kind: 'program', host: fault.host, name: 'ovn-controller', database: '' };
  }
}

export interface PossibleFault {
  readonly fault: Fault;
  /** As a command: `Pull the cable out`. */
  readonly on: string;
  readonly off: string;
}

/** What releases are known for, in words. */
const RELEASE_FAULTS = {
  'conjunction-drift': {
    text: 'conjunction ids drift',
    on: 'Take the patch out: conjunction ids drift',
    off: 'Patch ovn-controller: conjunction ids stay',
  },
} as const satisfies Record<Extract<Fault, { kind: 'release' }>['fault'], object>;

const LOSS = [10, 30, 100] as const;
/** Entries of a menu. */
const MOST_VLANS = 8;
const SMALLER = [1400, 1000, 576] as const;

/** The faults that a thing can have. */
export function possibleFaults(subject: Subject, snapshot: WorldSnapshot): readonly PossibleFault[] {
  switch (subject.kind) {
    case 'link': {
      const { host, device } = subject;
      const cabled = snapshot.segments.some(({ ends }) =>
        ends.some((end) => end.host === host && end.device === device),
      );
      if (!cabled || subject.namespace !== '') return [];
      return [
        { fault: { kind: 'cut', host, device }, on: 'Pull the cable out', off: 'Put the cable back' },
        ...LOSS.map((percent) => ({
          fault: { kind: 'loss' as const, host, device, percent },
          on: `Lose ${percent} % of its frames`,
          off: `Lose no frames`,
        })),
        ...vlansOf(subject, snapshot).map((vlan) => ({
          fault: { kind: 'vlan' as const, host, device, vlan },
          on:
            vlan === null ? 'Put its switch port into a wrong VLAN' : `Take VLAN ${vlan} off its switch port`,
          off: vlan === null ? 'Put its switch port into the right VLAN' : `Let VLAN ${vlan} pass again`,
        })),
      ];
    }
    case 'segment': {
      const segment = snapshot.segments.find(({ id }) => id === subject.id);
      return SMALLER.filter((mtu) => segment === undefined || mtu < segment.mtu).map((mtu) => ({
        fault: { kind: 'mtu' as const, segment: subject.id, mtu },
        on: `Carry ${mtu} octets at most`,
        off: 'Carry what the devices send',
      }));
    }
    case 'host':
    case 'program':
      return [
        ...stoppable(subject, snapshot),
        ...stoppableSwitch(subject, snapshot),
        ...stoppableRouters((speaker) => speaker.host === subject.host, subject, snapshot),
        ...ofRelease(subject, snapshot),
      ];
    case 'bridge':
      return stoppableSwitch(subject, snapshot);
    case 'speaker':
      return stoppableRouters((speaker) => speaker.id === subject.id, subject, snapshot);
    default:
      return [];
  }
}

/** What passes a NIC now, or did before a fault: VLANs by number, null for frames without a tag. */
function vlansOf(
  { host, device }: Extract<Subject, { kind: 'link' }>,
  snapshot: WorldSnapshot,
): readonly (number | null)[] {
  const vlans = new Set<number | null>([null]);
  for (const { code, cells } of l2Domains(snapshot, []))
    for (const { name, role, where } of cells.get(host) ?? [])
      if (name === device && where === '' && role === 'trunk') vlans.add(Number(code));
  for (const { fault, until } of snapshot.faults)
    if (fault.kind === 'vlan' && until === null && fault.host === host && fault.device === device)
      vlans.add(fault.vlan);
  return [...vlans].toSorted((a, b) => (a ?? 0) - (b ?? 0)).slice(0, MOST_VLANS);
}

function stoppable(
  subject: Extract<Subject, { kind: 'host' | 'program' }>,
  snapshot: WorldSnapshot,
): readonly PossibleFault[] {
  const host = snapshot.hosts.find(({ name }) => name === subject.host);
  return (['ovn-controller', 'ovn-northd'] as const)
    .filter(
      (name) =>
        host?.programs.some((program) => program.name === name) === true &&
        (subject.kind === 'host' || subject.name === name),
    )
    .map((program) => ({
      fault: { kind: 'stopped' as const, host: subject.host, program },
      on: `Stop ${program} (kill -STOP)`,
      off: `Let ${program} go on`,
    }));
}

/** Open vSwitch's daemon is not told of while it runs: its bridges stand for it. */
function stoppableSwitch(
  subject: Extract<Subject, { kind: 'host' | 'program' | 'bridge' }>,
  { hosts }: WorldSnapshot,
): readonly PossibleFault[] {
  const { host } = subject;
  const bridges = hosts.find(({ name }) => name === host)?.bridges ?? [];
  if (bridges.length === 0 || (subject.kind === 'program' && subject.name !== 'ovs-vswitchd')) return [];
  return [
    {
      fault: { kind: 'stopped', host, program: 'ovs-vswitchd' },
      on: 'Stop ovs-vswitchd (the kernel goes on with its megaflows)',
      off: 'Start ovs-vswitchd',
    },
  ];
}

/** Each bgpd once, whichever of its instances is meant. */
function stoppableRouters(
  concerns: (speaker: SpeakerSnapshot) => boolean,
  subject: Subject,
  { routing }: WorldSnapshot,
): readonly PossibleFault[] {
  if (subject.kind === 'program' && subject.name !== 'bgpd') return [];
  const found = new Map<string, PossibleFault>();
  for (const speaker of routing?.speakers ?? []) {
    if (!concerns(speaker)) continue;
    const { host, daemons } = speaker;
    const fault = { kind: 'stopped' as const, host, program: 'bgpd' as const, daemons };
    const name = nameOf(fault);
    found.set(name, { fault, on: `Stop ${name} (kill -STOP)`, off: `Let ${name} go on` });
  }
  return [...found.values()];
}

/** `bgpd (frr-ns)` where a machine has several sets of daemons. */
const nameOf = (fault: Extract<Fault, { kind: 'stopped' }>): string =>
  fault.program === 'bgpd' && fault.daemons !== '' ? `bgpd (${fault.daemons})` : fault.program;

/** Each was on at the start, so that the list of faults names all that there are. */
function ofRelease(
  subject: Extract<Subject, { kind: 'host' | 'program' }>,
  snapshot: WorldSnapshot,
): readonly PossibleFault[] {
  if (subject.kind === 'program' && subject.name !== 'ovn-controller') return [];
  return snapshot.faults.flatMap(({ fault }, at, all) => {
    if (fault.kind !== 'release' || fault.host !== subject.host) return [];
    if (all.findIndex((other) => sameFault(other.fault, fault)) !== at) return [];
    const { on, off } = RELEASE_FAULTS[fault.fault];
    return [{ fault, on, off }];
  });
}

/** Whether two are the same fault, whatever its measure. */
export function sameFault(a: Fault, b: Fault): boolean {
  return JSON.stringify(identity(a)) === JSON.stringify(identity(b));
}

function identity(fault: Fault): readonly string[] {
  switch (fault.kind) {
    case 'cut':
    case 'loss':
      return [fault.kind, fault.host, fault.device];
    case 'vlan':
      return [fault.kind, fault.host, fault.device, String(fault.vlan)];
    case 'mtu':
      return [fault.kind, fault.segment];
    case 'stopped':
      return [fault.kind, fault.host, nameOf(fault)];
    case 'release':
      return [fault.kind, fault.host, fault.fault];
  }
}
