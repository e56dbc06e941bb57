/** A deployment that was read, with other counts and networks: its own files and one more environment that says so. */
import type { DeploymentSnapshot } from '../../engine/snapshot.ts';

/** What a person may change; texts as typed. */
export interface Changes {
  /** By role. */
  readonly counts: Readonly<Record<string, string>>;
  /** By network. */
  readonly vlans: Readonly<Record<string, string>>;
  readonly subnets: Readonly<Record<string, string>>;
}

/** Name of the file that holds the changes: none of `taken`, where earlier changes are. It comes last, so that what it says holds. */
export function changesFile(taken: readonly string[]): string {
  for (let at = 1; ; at += 1) {
    const name = `what-if-${at}.yaml`;
    if (!taken.includes(name)) return name;
  }
}

export const asItIs = ({ roles, networks }: DeploymentSnapshot): Changes => ({
  counts: Object.fromEntries(roles.map(({ name, count }) => [name, String(count)])),
  vlans: Object.fromEntries(
    networks.flatMap(({ name, vlan }) => (vlan === null ? [] : [[name, String(vlan)]])),
  ),
  subnets: Object.fromEntries(
    networks.flatMap(({ name, subnet }) => (subnet === null ? [] : [[name, subnet]])),
  ),
});

/** What is wrong with a field, for the one who typed it; '' when nothing is. */
export const countProblem = (text: string): string =>
  /^\d{1,4}$/.test(text) && Number(text) <= MOST_NODES ? '' : `0 to ${MOST_NODES}`;
export const vlanProblem = (text: string): string =>
  /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 4094 ? '' : '1 to 4094';
export const subnetProblem = (text: string): string =>
  /^[\d.]+\/\d{1,2}$|^[\da-f:]+\/\d{1,3}$/i.test(text) ? '' : 'address/length';

const MOST_NODES = 200;

/** The environment of the changes; null when nothing differs from `before`. */
export function environmentOf(before: Changes, after: Changes): string | null {
  const lines: string[] = [];
  for (const [role, count] of Object.entries(after.counts))
    if (count !== before.counts[role]) lines.push(`  ${role}Count: ${count}`);
  for (const [network, vlan] of Object.entries(after.vlans))
    if (vlan !== before.vlans[network]) lines.push(`  ${network}NetworkVlanID: ${vlan}`);
  for (const [network, subnet] of Object.entries(after.subnets))
    if (subnet !== before.subnets[network])
      // What was fixed in the old subnet is given out anew in the new one.
      lines.push(`  ${network}NetCidr: ${subnet}`, `  ${network}AllocationPools: []`);
  return lines.length === 0 ? null : `parameter_defaults:\n${lines.join('\n')}\n`;
}
