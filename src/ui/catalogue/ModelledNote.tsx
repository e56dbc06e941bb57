/** Which programs run here, in which versions, and what is left out: for who wonders before typing. */

const RUNS =
  'OVN 26.03, Open vSwitch 3.7, FRR 8.4 (zebra, bgpd, bfdd, staticd), Linux 6 with iproute2, bridge-utils and tcpdump 4.99.';

const LEFT_OUT: readonly { readonly of: string; readonly what: string }[] = [
  {
    of: 'Open vSwitch',
    what: 'NetFlow, sFlow and IPFIX exporters, multicast snooping, CFM, LLDP, DPDK and offload, QoS beyond the queues of linux-htb.',
  },
  { of: 'OVN', what: 'interconnection by ovn-ic, plugging of VIFs.' },
  { of: 'FRR', what: 'OSPF, IS-IS, RIP, LDP, PIM; dampening, multihoming of EVPN.' },
  { of: 'Linux', what: 'ip6tables and nft’s own language, wireless and hardware settings.' },
];

export function ModelledNote() {
  return (
    <details className="catalogue-limits">
      <summary>What runs here, and what does not</summary>
      <p>{RUNS}</p>
      <p>Not modelled:</p>
      <ul>
        {LEFT_OUT.map(({ of, what }) => (
          <li key={of}>
            <b>{of}</b>: {what}
          </li>
        ))}
      </ul>
      <p>
        What is refused says so in the terminal; a setting that is kept without effect is named when it is
        made, and in the inspector of the thing that has it; a packet that meets one says so in its step.
      </p>
    </details>
  );
}
