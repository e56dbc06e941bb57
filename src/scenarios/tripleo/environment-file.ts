/** The network environment of the layout: what an operator changes to get other CIDRs, VLANs, pools or node counts. */

export const NETWORK_ENVIRONMENT = `# Networks of a virtual deployment: three controllers and one compute node with three NICs each.
parameter_defaults:
  ControlPlaneSubnetCidr: '192.168.24.0/24'
  ControlPlaneDefaultRoute: 192.168.24.1
  EC2MetadataIp: 192.168.24.1
  DnsServers: ['10.0.0.1']

  ExternalNetCidr: 10.0.0.0/24
  ExternalAllocationPools: [{'start': '10.0.0.101', 'end': '10.0.0.149'}]
  ExternalInterfaceDefaultRoute: 10.0.0.1
  ExternalNetworkVlanID: 10

  InternalApiNetCidr: 172.17.1.0/24
  InternalApiAllocationPools: [{'start': '172.17.1.10', 'end': '172.17.1.149'}]
  InternalApiNetworkVlanID: 20

  StorageMgmtNetCidr: 172.17.4.0/24
  StorageMgmtAllocationPools: [{'start': '172.17.4.10', 'end': '172.17.4.149'}]
  StorageMgmtNetworkVlanID: 40

  StorageNetCidr: 172.17.3.0/24
  StorageAllocationPools: [{'start': '172.17.3.10', 'end': '172.17.3.149'}]
  StorageNetworkVlanID: 30

  TenantNetCidr: 172.17.2.0/24
  TenantAllocationPools: [{'start': '172.17.2.10', 'end': '172.17.2.149'}]
  TenantNetworkVlanID: 50

  NeutronNetworkVLANRanges: tenant:1000:2000
  NeutronBridgeMappings: 'datacentre:br-ex,tenant:br-tenant'

resource_registry:
  OS::TripleO::Compute::Net::SoftwareConfig: three-nics-vlans/compute.yaml
  OS::TripleO::Controller::Net::SoftwareConfig: three-nics-vlans/controller.yaml
`;

/** Node counts, host names and the addresses that the nodes of the deployment got. */
export const NODES_DATA = `parameter_defaults:
  CloudDomain: redhat.local
  ControllerCount: 3
  ComputeCount: 1
  ControllerHostnameFormat: 'controller-%index%'
  ComputeHostnameFormat: 'compute-%index%'

  ControllerIPs:
    ctlplane: [192.168.24.15, 192.168.24.37, 192.168.24.10]
    external: [10.0.0.115, 10.0.0.131, 10.0.0.108]
    internal_api: [172.17.1.72, 172.17.1.101, 172.17.1.115]
    storage: [172.17.3.54, 172.17.3.97, 172.17.3.121]
    storage_mgmt: [172.17.4.33, 172.17.4.88, 172.17.4.140]
    tenant: [172.17.2.36, 172.17.2.143, 172.17.2.85]
  ComputeIPs:
    ctlplane: [192.168.24.14]
    internal_api: [172.17.1.92]
    storage: [172.17.3.66]
    tenant: [172.17.2.119]

  ControlFixedIPs: [{'ip_address': '192.168.24.9'}]
  PublicVirtualFixedIPs: [{'ip_address': '10.0.0.122'}]
  InternalApiVirtualFixedIPs: [{'ip_address': '172.17.1.48'}]
  StorageVirtualFixedIPs: [{'ip_address': '172.17.3.25'}]
  StorageMgmtVirtualFixedIPs: [{'ip_address': '172.17.4.71'}]
`;

export const ROLES_DATA = `- name: Controller
  CountDefault: 1
  tags: [primary, controller, external_bridge]
  networks: [External, InternalApi, Storage, StorageMgmt, Tenant]
  default_route_networks: [External]
- name: Compute
  CountDefault: 1
  tags: [compute, external_bridge]
  networks: [InternalApi, Storage, Tenant]
`;

export const DEPLOY_SCRIPT = `#!/bin/bash

openstack overcloud deploy \\
--timeout 100 \\
--templates /usr/share/openstack-tripleo-heat-templates \\
--stack overcloud \\
--libvirt-type kvm \\
-e /home/stack/virt/config_lvm.yaml \\
-e /usr/share/openstack-tripleo-heat-templates/environments/network-isolation.yaml \\
-e /home/stack/virt/network/network-environment.yaml \\
-e /home/stack/virt/inject-trust-anchor.yaml \\
-e /home/stack/virt/hostnames.yml \\
-e /usr/share/openstack-tripleo-heat-templates/environments/services/neutron-ovn-ha.yaml \\
-e /home/stack/virt/debug.yaml \\
-e /home/stack/virt/nodes_data.yaml \\
-e ~/containers-prepare-parameter.yaml \\
-e /home/stack/virt/docker-images.yaml \\
--log-file overcloud_deployment_99.log
`;
