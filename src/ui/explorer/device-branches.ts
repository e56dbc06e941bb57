/** A namespace's devices as branches: what is enslaved stands under its bridge, bond or VRF, as in the picture. */
import type { HostSnapshot, LinkSnapshot, NamespaceSnapshot } from '../../engine/snapshot.ts';
import { subjectId } from '../../view/index.ts';
import { linkGlyph } from '../subjects/describe.ts';
import type { Branch } from './explorer-rows.ts';

/** A bridge with more members than this starts closed. */
const OPEN_MEMBERS = 12;

export const plain = (address: string): string => address.split('/')[0] ?? address;

/** The first address that is not link-local, or the VLAN of a device without one. */
function noteOf({ addresses, vlan, vni }: LinkSnapshot): string {
  const address = addresses.find((other) => !/^fe80:/i.test(other));
  if (address !== undefined) return plain(address);
  if (vlan !== null) return `VLAN ${vlan}`;
  return vni === null ? '' : `VNI ${vni}`;
}

/** `links`: those of the namespace that are shown. A master that is not among them holds nothing. */
export function deviceBranches(
  host: HostSnapshot,
  namespace: NamespaceSnapshot,
  links: readonly LinkSnapshot[],
): readonly Branch[] {
  const shown = new Set(links.map(({ name }) => name));
  const masterOf = ({ name, master }: LinkSnapshot): string | null =>
    master !== null && master !== name && shown.has(master) ? master : null;
  const members = new Map<string | null, LinkSnapshot[]>();
  for (const link of links) {
    const master = masterOf(link);
    const own = members.get(master);
    if (own) own.push(link);
    else members.set(master, [link]);
  }
  const branch = (link: LinkSnapshot): Branch => {
    const own = members.get(link.name) ?? [];
    const subject = { kind: 'link', host: host.name, namespace: namespace.name, device: link.name } as const;
    return {
      id: subjectId(subject),
      subject,
      glyph: linkGlyph(link),
      name: link.name,
      note: noteOf(link),
      down: !link.up,
      starts: own.length <= OPEN_MEMBERS,
      size: own.length,
      children: () => own.map(branch),
    };
  };
  return (members.get(null) ?? []).map(branch);
}
