/** `vlan`, `mpls`, `pppoed`, `pppoes` and `geneve`: tests that move the offsets of all that follows in the text. */
import { FilterError } from './filter-error.ts';
import { LINK_PROTOCOL, linkProtocol } from './link-protocol.ts';
import type { Offsets } from './offsets.ts';
import { ipv4Ports, ipv6Ports, type PortRange } from './port.ts';
import { allOf, and, anyOf, number, or, type Test, type Value } from './test.ts';

const PPP_MPLS = 0x0281;
const GENEVE_PORT: PortRange = { first: 6081, last: 6081, isRange: false };

function within(value: number, maximum: number, what: string): void {
  if (value > maximum) throw new FilterError(`${what} ${value} greater than maximum ${maximum}`);
}

/** `vlan [id]`: an 802.1Q or 802.1ad tag. */
export function vlan(offsets: Offsets, id: number | null): Test {
  if (offsets.labels > 0) throw new FilterError('no VLAN match after MPLS');
  if (offsets.linkType !== 'ethernet') throw new FilterError(`no VLAN support for ${offsets.linkName}`);
  let test = anyOf(
    linkProtocol(offsets, LINK_PROTOCOL.vlan),
    linkProtocol(offsets, LINK_PROTOCOL.vlanService),
    linkProtocol(offsets, LINK_PROTOCOL.vlanStacked),
  );
  if (id !== null) {
    within(id, 0xfff, 'VLAN tag');
    test = and(test, offsets.masked('network', 0, 2, 0xfff, id));
  }
  offsets.linkPayload = moved(offsets.linkPayload, 4);
  offsets.linkTypeField = moved(offsets.linkTypeField, 4);
  return test;
}

const moved = <T extends { readonly constant: number }>(start: T, by: number): T => ({
  ...start,
  constant: start.constant + by,
});

/** `mpls [label]`: a label, or one more label above the bottom of the stack. */
export function mpls(offsets: Offsets, label: number | null): Test {
  const hasLabels = offsets.linkType === 'ethernet' || offsets.linkType === 'ppp';
  if (offsets.labels === 0 && !hasLabels) throw new FilterError(`no MPLS support for ${offsets.linkName}`);
  let test =
    offsets.labels > 0
      ? offsets.masked('previous-label', 2, 1, 0x01, 0)
      : linkProtocol(offsets, offsets.linkType === 'ppp' ? PPP_MPLS : LINK_PROTOCOL.mpls);
  if (label !== null) {
    within(label, 0xfffff, 'MPLS label');
    test = and(test, offsets.masked('network', 0, 4, 0xfffff000, label * 4096));
  }
  offsets.network += 4;
  offsets.networkNoSnap += 4;
  offsets.labels += 1;
  return test;
}

/** `pppoed`. */
export const pppoeDiscovery = (offsets: Offsets): Test => linkProtocol(offsets, LINK_PROTOCOL.pppoeDiscovery);

/** `pppoes [session]`: what follows is about the PPP packet. */
export function pppoeSession(offsets: Offsets, session: number | null): Test {
  let test = linkProtocol(offsets, LINK_PROTOCOL.pppoeSession);
  if (session !== null) {
    within(session, 0xffff, 'PPPoE session number');
    test = and(test, offsets.masked('network', 0, 4, 0xffff, session));
  }
  const header = moved(offsets.linkPayload, offsets.network + 6);
  offsets.enterLink('ppp', header);
  offsets.linkTypeField = header;
  offsets.linkPayload = moved(header, 2);
  offsets.network = 0;
  offsets.networkNoSnap = 0;
  return test;
}

/** `geneve [vni]`: what follows is about the inner packet, an Ethernet frame or not. */
export function geneve(offsets: Offsets, vni: number | null): Test {
  const start = offsets.newSlot();
  const over4 = genevePort(offsets, 4, vni);
  const over6 = genevePort(offsets, 6, vni);
  const { slot, constant } = offsets.linkPayload;
  const outer: Value = slot === null ? number(0) : { kind: 'slot', slot };
  const plus = (value: Value): Value => ({
    kind: 'arithmetic',
    operator: '+',
    left: value,
    right: outer,
  });
  const first = offsets.load('network', 0, 1);
  const words: Value = { kind: 'arithmetic', operator: '&', left: first, right: number(15) };
  const ipv4Size: Value = { kind: 'arithmetic', operator: '*', left: words, right: number(4) };
  const header = constant + offsets.network + 8;
  const inner = {
    linkType: offsets.newSlot(),
    linkHeader: offsets.newSlot(),
    linkPayload: offsets.newSlot(),
  };
  offsets.freeRegister();
  offsets.enterLink('ethernet', { constant: 0, slot: inner.linkHeader });
  offsets.linkTypeField = { constant: 0, slot: inner.linkType };
  offsets.linkPayload = { constant: 0, slot: inner.linkPayload };
  offsets.network = 0;
  offsets.insideGeneve = true;
  return and(
    or(
      and(over4, { kind: 'keep', slot: start, value: plus(ipv4Size) }),
      and(over6, { kind: 'keep', slot: start, value: plus(number(40)) }),
    ),
    { kind: 'geneve', slot: start, constant: header, inner },
  );
}

/** The destination port, version 0 and the VNI. */
function genevePort(offsets: Offsets, version: 4 | 6, vni: number | null): Test {
  const from = version === 4 ? 'ipv4-transport' : 'ipv6-transport';
  const port = version === 4 ? ipv4Ports : ipv6Ports;
  const test = allOf(port(offsets, GENEVE_PORT, 'udp', 'dst'), offsets.masked(from, 8, 1, 0xc0, 0));
  if (vni === null) return test;
  within(vni, 0xffffff, 'Geneve VNI');
  return and(test, offsets.masked(from, 12, 4, 0xffffff00, vni * 256));
}
