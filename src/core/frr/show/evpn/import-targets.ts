/** Route targets with the VNIs and VRFs that take routes by them: `show bgp l2vpn evpn import-rt` and `vrf-import-rt`. */
import { withoutAdministrator } from '../../bgp/evpn/communities.ts';
import type { ImportTargets } from '../../bgp/evpn/targets.ts';
import { formatRouteTarget } from '../../policy/communities.ts';
import type { ShowContext } from '../context.ts';
import { prettyJson, type JsonObject } from '../json.ts';

/** Takers by target, in the order in which bgpd came to know the targets; of automatic ones the AS number does not count. */
function takers<Name extends string | number>(
  list: readonly { readonly name: Name; readonly wanted: ImportTargets }[],
): ReadonlyMap<string, readonly Name[]> {
  const found = new Map<string, Name[]>();
  for (const { name, wanted } of list)
    for (const target of wanted.targets) {
      const text = formatRouteTarget(wanted.automatic ? withoutAdministrator(target) : target);
      found.set(text, [...(found.get(text) ?? []), name]);
    }
  return found;
}

function targetsText(
  found: ReadonlyMap<string, readonly (string | number)[]>,
  what: { readonly words: 'VNIs' | 'VRFs'; readonly member: 'vnis' | 'vrfs' },
  json: boolean,
): string {
  if (json)
    return prettyJson(
      Object.fromEntries(
        [...found].map(([rt, names]): [string, JsonObject] => [rt, { rt, [what.member]: names }]),
      ),
    );
  return [...found]
    .map(
      ([target, names]) =>
        `Route-target: ${target}\nList of ${what.words} importing routes with this route-target:\n${names
          .map((name) => `  ${name}\n`)
          .join('')}`,
    )
    .join('');
}

export const vniTargets = ({ bgp: { evpn } }: ShowContext, json: boolean): string =>
  targetsText(
    takers([...evpn.vnis.values()].map(({ vni, importTargets }) => ({ name: vni, wanted: importTargets }))),
    { words: 'VNIs', member: 'vnis' },
    json,
  );

export const vrfTargets = ({ bgp: { evpn } }: ShowContext, json: boolean): string =>
  targetsText(
    takers(
      [...evpn.l3.vrfs.values()].map(({ vrf, importTargets }) => ({ name: vrf, wanted: importTargets })),
    ),
    { words: 'VRFs', member: 'vrfs' },
    json,
  );
