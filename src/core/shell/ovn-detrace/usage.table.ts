/** What `ovn-detrace --help` prints. */
export const DETRACE_PATH = '/usr/bin/ovn-detrace';

export const DETRACE_USAGE = `${DETRACE_PATH}:
usage: ${DETRACE_PATH} < FILE
where FILE is output from ovs-appctl ofproto/trace.

The following options are also available:
  -h, --help                  display this help message
  -V, --version               display version information
  --ovnsb=DATABASE            use DATABASE as southbound DB
  --ovnnb=DATABASE            use DATABASE as northbound DB
  --ovsdb=DATABASE            use DATABASE as OVS DB
  --no-leader-only            accept any cluster member, not just the leader
  -p, --private-key=FILE      file with private key
  -c, --certificate=FILE      file with certificate for private key
  -C, --ca-cert=FILE          file with peer CA certificate
`;
