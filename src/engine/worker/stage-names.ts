/** What the tables of the integration bridge stand for: logical stages as the southbound database names them, and OVN's own. */
import type { Step } from '../../core/base/step.ts';
import { uuidWord } from '../../core/base/uuid.ts';
import { OFTABLE } from '../../core/ovn/actions/oftable.table.ts';
import type { SbDatabase } from '../../core/ovsdb/index.ts';

const PHYSICAL: readonly (readonly [number, string])[] = [
  [OFTABLE.phyToLog, 'physical to logical'],
  [OFTABLE.outputLargePacketDetect, 'large packet detection'],
  [OFTABLE.outputLargePacketProcess, 'large packet processing'],
  [OFTABLE.remoteOutput, 'remote output'],
  [OFTABLE.remoteVtepOutput, 'VTEP output'],
  [OFTABLE.localOutput, 'local output'],
  [OFTABLE.checkLoopback, 'loopback check'],
  [OFTABLE.saveInport, 'save input port'],
  [OFTABLE.logToPhy, 'logical to physical'],
  [OFTABLE.macBinding, 'MAC bindings'],
  [OFTABLE.macLookup, 'MAC binding look-up'],
  [OFTABLE.chkLbHairpin, 'load balancer hairpin'],
  [OFTABLE.chkLbHairpinReply, 'hairpin replies'],
  [OFTABLE.ctSnatHairpin, 'hairpin SNAT'],
  [OFTABLE.getFdb, 'FDB'],
  [OFTABLE.lookupFdb, 'FDB look-up'],
  [OFTABLE.chkInPortSec, 'input port security'],
  [OFTABLE.chkInPortSecNd, 'input ARP and ND security'],
  [OFTABLE.chkOutPortSec, 'output port security'],
  [OFTABLE.ctZoneLookup, 'conntrack zones'],
];

/** What each step's table stands for, by the flow that decided there. To be made anew when the databases change. */
export class Stages {
  readonly #sb: SbDatabase | undefined;
  readonly #version: number;
  readonly #byCookie: ReadonlyMap<number, string>;
  readonly #byTable: ReadonlyMap<number, string>;
  readonly #integration: ReadonlyMap<string, string>;

  /** `integration`: OVN's bridge of each machine. */
  constructor(sb: SbDatabase | undefined, integration: ReadonlyMap<string, string>) {
    this.#sb = sb;
    this.#byTable = stageNames(sb, true);
    this.#integration = integration;
    this.#version = sb?.version ?? 0;
    this.#byCookie = stagesByCookie(sb);
  }

  /** Whether this still tells what `sb` holds. */
  speaksOf(sb: SbDatabase | undefined): boolean {
    return this.#sb === sb && this.#version === (sb?.version ?? 0);
  }

  /** All of them, sorted. */
  names(): readonly string[] {
    return [...new Set([...this.#byCookie.values(), ...this.#byTable.values()])].toSorted();
  }

  /** The step with the name of its stage; steps on other bridges than OVN's stay as they are. */
  name(step: Step): Step {
    const { what, where, because } = step;
    if (what.kind !== 'table' || where.bridge === undefined || where.stage !== undefined) return step;
    if (where.bridge !== this.#integration.get(where.host)) return step;
    const flow = because.find((row) => row.kind === 'openflow');
    const stage = (flow && this.#byCookie.get(Number(flow.cookie))) ?? this.#byTable.get(what.table);
    return stage === undefined ? step : { ...step, where: { ...where, stage } };
  }
}

/** By the cookies of the flows that were made of a stage's logical flows. */
export function stagesByCookie(sb: SbDatabase | undefined): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const flow of sb?.rows('Logical_Flow') ?? []) {
    const name = flow.external_ids.get('stage-name');
    if (name !== undefined) names.set(uuidWord(flow._uuid), name);
  }
  return names;
}

/** By table. Where switches and routers name a stage differently, the switch's name stands. */
export function stageNames(sb: SbDatabase | undefined, integration: boolean): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  if (!integration) return names;
  for (const [table, name] of PHYSICAL) names.set(table, name);
  for (const flow of sb?.rows('Logical_Flow') ?? []) {
    const name = flow.external_ids.get('stage-name');
    const table = OFTABLE[flow.pipeline === 'ingress' ? 'ingress' : 'egress'] + flow.table_id;
    if (name !== undefined && (!names.has(table) || name.startsWith('ls_'))) names.set(table, name);
  }
  return names;
}
