/** The control plane's services: neutron-server on every controller, HAProxy before them, virtual addresses moved by Pacemaker. */
import type { Deployment } from '../../core/readers/tripleo/deployment.ts';

const REGISTRY = 'undercloud-0.ctlplane.redhat.local:8787/rh-osbs';
const PORT = 9696;

const controllersOf = ({ nodes }: Deployment): Deployment['nodes'] =>
  nodes.filter(({ role }) => role === 'Controller');
const internalApi = (node: Deployment['nodes'][number]): string =>
  node.addresses.get('InternalApi')?.split('/')[0] ?? '';

/** The proxy of one service, as TripleO writes it for each. */
function haproxyConfig(deployment: Deployment): string {
  const { vips } = deployment;
  return [
    'global',
    '  daemon',
    '  maxconn 20480',
    '',
    'defaults',
    '  maxconn 4096',
    '  mode tcp',
    '  retries 3',
    '  timeout connect 10s',
    '  timeout client 2m',
    '  timeout server 2m',
    '  timeout check 10s',
    '',
    'listen neutron',
    `  bind ${vips.get('External')}:${PORT} transparent`,
    `  bind ${vips.get('InternalApi')}:${PORT} transparent`,
    '  mode http',
    '  http-request set-header X-Forwarded-Proto https if { ssl_fc }',
    '  http-request set-header X-Forwarded-Proto http if !{ ssl_fc }',
    '  http-request set-header X-Forwarded-Port %[dst_port]',
    '  option httpchk',
    '  option httplog',
    ...controllersOf(deployment).map(
      (node) =>
        `  server ${node.name}.internalapi.local ${internalApi(node)}:${PORT} check fall 5 inter 2000 rise 2`,
    ),
    '',
  ].join('\n');
}

/** Files of the services on one node. */
export function serviceFiles(deployment: Deployment, name: string): Readonly<Record<string, string>> {
  const node = controllersOf(deployment).find((one) => one.name === name);
  if (!node) return {};
  return {
    '/etc/haproxy/haproxy.cfg': haproxyConfig(deployment),
    '/etc/neutron/neutron.conf': `[DEFAULT]\nbind_host = ${internalApi(node)}\nbind_port = ${PORT}\n`,
  };
}

/** The commands that start the services and set the cluster up; addresses are spread over the members in this order. */
export function startServices(
  deployment: Deployment,
): readonly { readonly machine: string; readonly line: string }[] {
  const controllers = controllersOf(deployment);
  const names = controllers.map(({ name }) => name);
  const first = names[0] ?? '';
  const order = ['ctlplane', 'External', 'Storage', 'InternalApi', 'StorageMgmt'];
  return [
    // The hypervisor's bridges forward once their spanning tree is calm.
    { machine: first, line: 'sleep 5' },
    ...names.map((machine) => ({
      machine,
      line: `podman run --detach --net=host --name=neutron_api ${REGISTRY}/openstack-neutron-server neutron-server`,
    })),
    ...[
      `pcs cluster setup tripleo_cluster ${names.join(' ')} --start`,
      ...order.flatMap((network) => {
        const vip = deployment.vips.get(network);
        return vip === undefined
          ? []
          : [`pcs resource create ip-${vip} ocf:heartbeat:IPaddr2 ip=${vip} cidr_netmask=32`];
      }),
      `pcs resource bundle create haproxy-bundle container podman image=${REGISTRY}/openstack-haproxy:pcmklatest replicas=${names.length} run-command=haproxy`,
      'sleep 5',
    ].map((line) => ({ machine: first, line })),
  ];
}
