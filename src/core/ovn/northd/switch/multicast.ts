/** Multicast to groups that hosts have joined, on switches that snoop. */
import { parseIpv4, parseIpv6 } from '../../../base/address.ts';
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { JoinedGroup } from '../model/multicast.ts';
import { GROUP } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

/** All hosts, all routers, and all routers of the site. */
const WELL_KNOWN: readonly (bigint | undefined)[] = ['ff02::1', 'ff02::2', 'ff05::2'].map(parseIpv6);

const isAlwaysFlooded = ({ family, address }: JoinedGroup): boolean =>
  family === 4 ? (parseIpv4(address) ?? 0) >>> 8 === 0xe00000 : WELL_KNOWN.includes(parseIpv6(address));

export function addJoinedGroups(m: Model, ls: Switch, add: AddFlow): void {
  const { relay, static: fixed } = m.floods(ls.uuid);
  const copies =
    (relay ? `clone { outport = "${GROUP.routerFlood}"; output; };` : '') +
    (fixed ? `clone { outport ="${GROUP.static}"; output; };` : '');
  const count = { 4: 0, 6: 0 };
  for (const group of m.joinedGroups(ls.uuid)) {
    if (isAlwaysFlooded(group)) continue;
    count[group.family] += 1;
    if (count[group.family] > ls.multicastTableSize) continue;
    const match = `eth.mcast && ip${group.family} && ip${group.family}.dst == ${group.address} `;
    add(STAGE.ls_in_l2_lkup, 90, match, `${copies}outport = "${group.address}"; output; `, 11112);
  }
}
