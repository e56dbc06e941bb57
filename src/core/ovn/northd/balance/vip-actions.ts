/** The action that spreads new connections to a virtual address over its backends, as switches and routers have it. */
import type { Backend, LoadBalancer, Vip } from '../model/load-balancers.ts';
import type { Model } from '../model/model.ts';
import { LB_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

export interface VipActions {
  readonly plain: string;
  /** With the flag by which a router leaves the source address alone, or changes it to the forced one. */
  readonly skipSnat: string;
  readonly forceSnat: string;
  /** There is no backend and the client is told so. */
  readonly rejects: boolean;
}

export const SKIP_SNAT = 'flags.skip_snat_for_lb = 1; ';
export const FORCE_SNAT = 'flags.force_snat_for_lb = 1; ';

/** A host with its port, IPv6 in brackets. */
export const hostPort = (isIpv6: boolean, ip: string, port: number | string): string =>
  isIpv6 ? `[${ip}]:${port}` : `${ip}:${port}`;

/** The registers in which a switch keeps the virtual address that a packet was sent to. */
export const keepVip = (vip: Vip): string =>
  `${vip.family === 4 ? LB_REG.v4 : LB_REG.v6} = ${vip.ip}; ` +
  (vip.port === undefined ? '' : `${LB_REG.port} = ${vip.port}; `);

/** The backends that get new connections: those that answer health checks, those of a distributed load balancer with their ports. */
function usable(m: Model, lb: LoadBalancer, vip: Vip): readonly string[] {
  const texts: string[] = [];
  for (const backend of vip.backends) {
    if (vip.healthCheck !== undefined && backend.mapping?.healthCheck !== true) continue;
    if (lb.distributed && backend.mapping === undefined) continue;
    if (backend.mapping?.healthCheck === true && !m.isAvailable(lb, backend)) continue;
    const port = lb.distributed ? `"${backend.mapping?.logicalPort ?? ''}":` : '';
    texts.push(port + hostPort(backend.isIpv6, backend.ip, backend.port));
  }
  return texts;
}

const withSelection = (lb: LoadBalancer): string =>
  lb.selectionFields === undefined ? '' : `; hash_fields="${lb.selectionFields}"`;

export function vipActions(m: Model, lb: LoadBalancer, vip: Vip, onSwitch: boolean): VipActions {
  const chosen = vip.healthCheck !== undefined || lb.distributed ? usable(m, lb, vip) : undefined;
  const empty = (chosen ?? vip.backends).length === 0;
  if (empty && lb.rejectsEmpty) {
    const stage = onSwitch ? STAGE.ls_out_qos : STAGE.lr_out_snat;
    const plain = `reg0 = 0; reject { outport <-> inport; next(pipeline=egress,table=${stage.table});};`;
    return { plain, skipSnat: SKIP_SNAT + plain, forceSnat: FORCE_SNAT + plain, rejects: true };
  }
  if (empty) {
    const { drop } = m.config();
    return { plain: drop, skipSnat: drop, forceSnat: drop, rejects: false };
  }
  const registers = onSwitch || lb.affinityTimeout > 0 ? keepVip(vip) : '';
  const balance = lb.distributed ? 'ct_lb_mark_local' : 'ct_lb_mark';
  const open = `${registers}${balance}(backends=${chosen?.join(',') ?? vip.backendsText}${withSelection(lb)}`;
  return {
    plain: `${open});`,
    skipSnat: `${SKIP_SNAT}${open}; skip_snat);`,
    forceSnat: `${FORCE_SNAT}${open}; force_snat);`,
    rejects: false,
  };
}

/** The event that tells a controller of a connection to a virtual address without backends. */
export function emptyEvent(
  m: Model,
  lb: LoadBalancer,
  vip: Vip,
): { readonly match: string; readonly actions: string } | undefined {
  if (!(lb.event || m.config().controllerEvent) || vip.backends.length > 0 || lb.rejectsEmpty)
    return undefined;
  const port = vip.port === undefined ? '' : ` && ${lb.protocol}.dst == ${vip.port}`;
  const text = vip.port === undefined ? vip.ip : hostPort(vip.family === 6, vip.ip, vip.port);
  return {
    match: `ip${vip.family}.dst == ${vip.ip} && ${lb.protocol}${port}`,
    actions:
      `trigger_event(event = "empty_lb_backends", vip = "${text}", protocol = "${lb.protocol}", ` +
      `load_balancer = "${lb.uuid}");`,
  };
}

/** How a backend is told apart in an affinity flow. */
export const backendText = (isIpv6: boolean, backend: Backend): string =>
  backend.port === 0 ? backend.ip : hostPort(isIpv6, backend.ip, backend.port);
