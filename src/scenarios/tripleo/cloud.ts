/** What Neutron and Nova made in the cloud: two networks, router1 with its gateway, the instance cirros1, as OVN has them. */

const PUBLIC = 'neutron-fe8330fe-540a-4acf-bda8-394398fb4272';
const PRIVATE = 'neutron-e49cc182-247c-4dc9-9589-4df6fcb09511';
const ROUTER = 'neutron-5be4a1d9-0b75-4f27-9c6e-1c4a7de2f083';
const GATEWAY_PORT = 'a1d2c08e-5f36-4d6c-8f0b-2a7d3f5c9e41';
const PRIVATE_PORT = '7c55e0b4-93f1-4c8e-b0da-64f1b8a90d27';
const METADATA_PORT = '2f9b7d13-6a40-4e1b-a9d8-0b5c61e7f3aa';
const METADATA_MAC = 'fa:16:3e:0c:5d:11';

/** The Neutron port of the instance. */
export const INSTANCE_PORT = '19f74c52-8be0-4d5a-9f36-c1a2d7e4b605';
export const INSTANCE = {
  name: 'cirros1',
  mac: 'fa:16:3e:63:c0:7a',
  address: '192.168.0.166',
  tap: `tap${INSTANCE_PORT.slice(0, 11)}`,
} as const;

const METADATA_NAMESPACE = `ovnmeta-${PRIVATE.slice('neutron-'.length)}`;

const on = (machine: string, ...lines: readonly string[]) => lines.map((line) => ({ machine, line }));

/** Keys are those of the deployment: VNI 3 for the private network, 5 for the router. */
const networks = on(
  'controller-0',
  `ovn-nbctl ls-add ${PUBLIC} -- set Logical_Switch ${PUBLIC} 'external_ids:"neutron:network_name"=public' other_config:requested-tnl-key=1`,
  `ovn-nbctl lsp-add ${PUBLIC} provnet-datacentre -- lsp-set-type provnet-datacentre localnet -- lsp-set-addresses provnet-datacentre unknown -- lsp-set-options provnet-datacentre network_name=datacentre`,
  `ovn-nbctl ls-add ${PRIVATE} -- set Logical_Switch ${PRIVATE} 'external_ids:"neutron:network_name"=private' other_config:requested-tnl-key=3`,
  `ovn-nbctl lsp-add ${PRIVATE} ${METADATA_PORT} -- lsp-set-type ${METADATA_PORT} localport -- lsp-set-addresses ${METADATA_PORT} "${METADATA_MAC} 192.168.0.2"`,
  `ovn-nbctl lsp-add ${PRIVATE} ${INSTANCE_PORT} -- lsp-set-addresses ${INSTANCE_PORT} "${INSTANCE.mac} ${INSTANCE.address}" -- lsp-set-port-security ${INSTANCE_PORT} "${INSTANCE.mac} ${INSTANCE.address}"`,
);

const router = on(
  'controller-0',
  `ovn-nbctl lr-add ${ROUTER} -- set Logical_Router ${ROUTER} 'external_ids:"neutron:router_name"=router1' options:requested-tnl-key=5 options:always_learn_from_arp_request=false options:dynamic_neigh_routers=true`,
  `ovn-nbctl lrp-add ${ROUTER} lrp-${PRIVATE_PORT} fa:16:3e:34:a2:0e 192.168.0.1/24`,
  `ovn-nbctl lsp-add ${PRIVATE} ${PRIVATE_PORT} -- lsp-set-type ${PRIVATE_PORT} router -- lsp-set-addresses ${PRIVATE_PORT} router -- lsp-set-options ${PRIVATE_PORT} router-port=lrp-${PRIVATE_PORT} requested-tnl-key=4`,
  `ovn-nbctl lrp-add ${ROUTER} lrp-${GATEWAY_PORT} fa:16:3e:a7:95:87 10.0.0.225/24 -- set Logical_Router_Port lrp-${GATEWAY_PORT} 'external_ids:"neutron:subnet_ids"=e388a080-1953-4cdd-9e35-48d416fe2ae1'`,
  `ovn-nbctl lsp-add ${PUBLIC} ${GATEWAY_PORT} -- lsp-set-type ${GATEWAY_PORT} router -- lsp-set-addresses ${GATEWAY_PORT} router -- lsp-set-options ${GATEWAY_PORT} router-port=lrp-${GATEWAY_PORT} nat-addresses=router exclude-lb-vips-from-garp=true`,
  `ovn-nbctl lrp-set-gateway-chassis lrp-${GATEWAY_PORT} controller-1 3`,
  `ovn-nbctl lrp-set-gateway-chassis lrp-${GATEWAY_PORT} controller-2 2`,
  `ovn-nbctl lrp-set-gateway-chassis lrp-${GATEWAY_PORT} controller-0 1`,
  `ovn-nbctl lr-nat-add ${ROUTER} snat 10.0.0.225 192.168.0.0/24`,
  `ovn-nbctl lr-route-add ${ROUTER} 0.0.0.0/0 10.0.0.1 lrp-${GATEWAY_PORT}`,
);

/** The metadata agent's end of the private network on the compute node. */
const metadata = on(
  'compute-0',
  `ip netns add ${METADATA_NAMESPACE}`,
  `ip link add tape49cc182-20 type veth peer name tape49cc182-21`,
  `ip link set tape49cc182-21 netns ${METADATA_NAMESPACE}`,
  `ip netns exec ${METADATA_NAMESPACE} ip link set tape49cc182-21 address ${METADATA_MAC}`,
  `ip netns exec ${METADATA_NAMESPACE} ip addr add 192.168.0.2/24 brd + dev tape49cc182-21`,
  `ip netns exec ${METADATA_NAMESPACE} ip addr add 169.254.169.254/16 brd + dev tape49cc182-21`,
  `ip netns exec ${METADATA_NAMESPACE} ip link set tape49cc182-21 up`,
  'ip link set tape49cc182-20 up',
  `ovs-vsctl add-port br-int tape49cc182-20 -- set Interface tape49cc182-20 external_ids:iface-id=${METADATA_PORT}`,
);

const instance = [
  ...on('compute-0', `virsh -q start ${INSTANCE.name}`),
  ...on(
    INSTANCE.name,
    `ip addr add ${INSTANCE.address}/24 brd + dev eth0`,
    'ip link set eth0 mtu 1442',
    'ip route add default via 192.168.0.1',
  ),
];

/** The commands that made the cloud. */
export const CLOUD = [...networks, ...router, ...metadata, ...instance];
