/** Session affinity: a client goes back to the backend it had, as long as it does not stay away for too long. */
import type { AddFlow } from '../flows.ts';
import type { LoadBalancer, Vip } from '../model/load-balancers.ts';
import { LB_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';
import { backendText, FORCE_SNAT, hostPort, keepVip, SKIP_SNAT } from './vip-actions.ts';

interface Place {
  readonly check: Stage;
  readonly learn: Stage;
  readonly balance: Stage;
  /** Lines of northd.c, in the same order. */
  readonly lines: readonly [number, number, number];
}

const ON_SWITCH: Place = {
  check: STAGE.ls_in_lb_aff_check,
  learn: STAGE.ls_in_lb_aff_learn,
  balance: STAGE.ls_in_lb,
  lines: [8604, 8687, 8695],
};
const ON_ROUTER: Place = {
  check: STAGE.lr_in_lb_aff_check,
  learn: STAGE.lr_in_lb_aff_learn,
  balance: STAGE.lr_in_dnat,
  lines: [8432, 8514, 8521],
};

export function addSwitchAffinity(lb: LoadBalancer, vip: Vip, add: AddFlow): void {
  const ip = `ip${vip.family}`;
  const port =
    vip.port === undefined
      ? ''
      : ` && ${LB_REG.ctProtocol} == ${lb.protocolNumber} && ${LB_REG.ctPort} == ${vip.port}`;
  addAffinity(
    ON_SWITCH,
    lb,
    vip,
    vip.family === 6,
    `ct.new && ${ip} && ${ip}.dst == ${vip.ip}${port}`,
    keepVip(vip),
    '',
    add,
  );
}

/** `flags` is what the router sets for the chosen way of source NAT. */
export function addRouterAffinity(
  lb: LoadBalancer,
  vip: Vip,
  match: string,
  flags: string,
  add: AddFlow,
): void {
  const option = flags === SKIP_SNAT ? '; skip_snat' : flags === FORCE_SNAT ? '; force_snat' : '';
  addAffinity(ON_ROUTER, lb, vip, !vip.isParsedIpv4, match, flags, option, add);
}

function addAffinity(
  place: Place,
  lb: LoadBalancer,
  vip: Vip,
  isIpv6: boolean,
  match: string,
  before: string,
  option: string,
  add: AddFlow,
): void {
  if (lb.affinityTimeout === 0) return;
  const hint = { hint: lb.uuid };
  const ip = isIpv6 ? 'ip6' : 'ip4';
  const register = isIpv6 ? LB_REG.v6 : LB_REG.v4;
  add(place.check, 100, match, `${LB_REG.knownSession} = chk_lb_aff(); next;`, place.lines[0], hint);
  const text = vip.port === undefined ? vip.ip : hostPort(isIpv6, vip.ip, vip.port);
  const port = vip.port === undefined ? '' : ` && ${LB_REG.port} == ${vip.port}`;
  const protocol = vip.port === undefined ? '' : `, proto = ${lb.protocol}`;
  for (const backend of vip.backends) {
    const backendIs = backendText(isIpv6, backend);
    const target = backend.port === 0 ? '' : ` && ${lb.protocol}.dst == ${backend.port}`;
    add(
      place.learn,
      100,
      `${LB_REG.knownSession} == 0 && ct.new && ${ip} && ${register} == ${vip.ip}${port} && ${ip}.dst == ${backend.ip}${target}`,
      `commit_lb_aff(vip = "${text}", backend = "${backendIs}"${protocol}, timeout = ${lb.affinityTimeout}); /* drop */`,
      place.lines[1],
      hint,
    );
    const chosen = backend.port === 0 ? '' : ` && ${LB_REG.port} == ${backend.port}`;
    add(
      place.balance,
      150,
      `${LB_REG.knownSession} == 1 && ct.new && ${ip}.dst == ${vip.ip} && ${register} == ${backend.ip}${chosen}`,
      `${before}ct_lb_mark(backends=${backendIs}${option});`,
      place.lines[2],
      hint,
    );
  }
}
