/** What the catalogue tells of the TripleO layout, apart from its files: reading those takes a while. */
import type { ScenarioText } from '../scenario.ts';
import { INSTANCE } from './cloud.ts';

export const HYPERVISOR = 'hypervisor';
/** Where the undercloud has the files. */
export const FOLDER = '/home/stack/virt';

export const LISTING: ScenarioText = {
  id: 'tripleo-layout',
  title: 'TripleO networking layout',
  summary:
    'Three controllers and a compute node on one hypervisor, six networks over VLANs, an instance that reaches the Internet through the gateway on controller-1.',
  tryNext: [
    { host: HYPERVISOR, line: 'brctl show', why: 'the three bridges and the guests on them' },
    { host: HYPERVISOR, line: 'virsh domiflist controller-0', why: 'which tap is which NIC' },
    {
      host: 'undercloud-0',
      line: `grep -i -e cidr -e vlan ${FOLDER}/network/network-environment.yaml`,
      why: 'the networks in the templates',
    },
    { host: 'controller-0', line: 'ovs-vsctl list-ports br-tenant', why: 'nic2 and the tunnel VLAN' },
    {
      host: 'controller-0',
      line: 'ping -c2 controller-1.internalapi.local',
      why: 'InternalApi is VLAN 20 on the management bridge',
    },
    {
      host: HYPERVISOR,
      line: 'tcpdump -i data -vvnne vlan 50',
      why: 'Geneve between compute-0 and controller-1',
    },
    { host: INSTANCE.name, line: 'ping -c2 8.8.8.8', why: 'out through router1' },
  ],
};
