/** What the tables of the integration bridge stand for: logical stages as the southbound database names them, and OVN's own. */
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
