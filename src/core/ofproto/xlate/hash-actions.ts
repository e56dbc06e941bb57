/** `multipath` and `bundle`: choosing a link or a port by a hash of the packet's fields. */
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import type { BundleAct, MultipathAct } from '../actions/ofpact.ts';
import { hashFlowFields, markHashFields } from '../flow-hash.ts';
import { hash2Words } from '../../base/ovs-hash.ts';
import { loadSubfield } from './change-field.ts';
import { liveNow } from './port-liveness.ts';
import type { Xlate } from './xlate.ts';

const roundUpPower = (value: number): number => 2 ** Math.ceil(Math.log2(value));

function highestWeight(hash: number, links: number): number {
  let best = 0;
  let bestWeight = hash2Words(hash, 0);
  for (let link = 1; link < links; link += 1) {
    const weight = hash2Words(hash, link);
    if (weight > bestWeight) {
      best = link;
      bestWeight = weight;
    }
  }
  return best;
}

function iterate(hash: number, links: number, wanted: number): number {
  const modulo = wanted < links || Math.floor(wanted / 2) > links ? roundUpPower(links) : wanted;
  for (let i = 0; ; i += 1) {
    const link = hash2Words(hash, i) % modulo;
    if (link < links) return link;
  }
}

function chooseLink(hash: number, { algorithm, maxLink, argument }: MultipathAct): number {
  const links = maxLink + 1;
  switch (algorithm) {
    case 'modulo_n':
      return hash % links;
    case 'hash_threshold':
      return links === 1 ? 0 : Math.floor(hash / (Math.floor(0xffffffff / links) + 1));
    case 'hrw':
      return links <= 64 ? highestWeight(hash, links) : iterate(hash, links, 0);
    case 'iter_hash':
      return iterate(hash, links, argument);
  }
}

/** Executes `multipath`. */
export function multipath(x: Xlate, act: MultipathAct): void {
  const hash = hashFlowFields(x.flow, act.fields, act.basis) >>> 0;
  const link = chooseLink(hash, act);
  markHashFields(x.flow, x.mask, act.fields);
  loadSubfield(x, act.destination, BigInt(link));
  x.reportSubfield(act.destination);
}

const ALWAYS: ReadonlySet<OfPort> = new Set([
  OFPP.inPort,
  OFPP.table,
  OFPP.normal,
  OFPP.flood,
  OFPP.all,
  OFPP.none,
]);

function isUp(x: Xlate, port: OfPort): boolean {
  if (ALWAYS.has(port)) return true;
  const found = x.bridge.ports.get(port);
  return port !== OFPP.controller && found !== undefined && liveNow(x, found);
}

/** The member that `bundle` chooses. */
export function bundleMember(x: Xlate, act: BundleAct): OfPort {
  const { members } = act;
  if (act.algorithm === 'active_backup') return members.find((port) => isUp(x, port)) ?? OFPP.none;
  if (members.length > 1) markHashFields(x.flow, x.mask, act.fields);
  const hash = hashFlowFields(x.flow, act.fields, act.basis);
  let best: OfPort = OFPP.none;
  let bestHash = -1;
  members.forEach((port, index) => {
    if (!isUp(x, port)) return;
    const weight = hash2Words(index, hash);
    if (weight > bestHash) {
      best = port;
      bestHash = weight;
    }
  });
  return best;
}
