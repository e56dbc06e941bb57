/** The text of `ovn-trace --help`. */
import { CONNECTION_USAGE, daemonUsage } from '../ovsdb/usage.ts';

const HEAD = `ovn-trace: OVN trace utility
usage: ovn-trace [OPTIONS] [DATAPATH] MICROFLOW
       ovn-trace [OPTIONS] --detach

Output format options:
  --detailed              table-by-table "backtrace" (default)
  --summary               less detailed, more parseable
  --minimal               minimum to explain externally visible behavior
  --all                   provide all forms of output
Output style options:
  --no-friendly-names     do not substitute human friendly names for UUIDs
`;

const OPTIONS = `
Logging options:
  -vSPEC, --verbose=SPEC   set logging levels
  -v, --verbose            set maximum verbosity level
  --log-file[=FILE]        enable logging to specified FILE
                           (default: /var/log/openvswitch/ovn-trace.log)
  --syslog-method=(libc|unix:file|udp:ip:port)
                           specify how to send messages to syslog daemon
  --syslog-target=HOST:PORT  also send syslog msgs to HOST:PORT via UDP

Other options:
  --db=DATABASE           connect to DATABASE
                          (default: unix:/var/run/ovn/ovnsb_db.sock)
  --no-leader-only        accept any cluster member, not just the leader
  --ovs[=REMOTE]          obtain corresponding OpenFlow flows from REMOTE
                          (default: unix:/var/run/openvswitch/br-int.mgmt)
  --unixctl=SOCKET        set control socket name
  -h, --help              display this help message
  -V, --version           display version information
`;

const OPENFLOW = `
Active OpenFlow connection methods:
  tcp:HOST[:PORT]         PORT (default: 6653) at remote HOST
  ssl:HOST[:PORT]         SSL/TLS PORT (default: 6653) at remote HOST
  unix:FILE               Unix domain socket named FILE
PKI configuration (required to use SSL/TLS):
  -p, --private-key=FILE  file with private key
  -c, --certificate=FILE  file with certificate for private key
  -C, --ca-cert=FILE      file with peer CA certificate
`;

/** This program does not offer to fetch the certificate of its database server. */
const CONNECTIONS = CONNECTION_USAGE.replace(/ *--bootstrap-ca-cert=.*\n/, '');

export const TRACE_USAGE = HEAD + daemonUsage('ovn-trace') + OPTIONS + CONNECTIONS + OPENFLOW;
