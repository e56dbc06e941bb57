/** The text of `ovn-sbctl --help`. */
import type { SchemaNames } from '../ovsdb/command.ts';
import {
  CONNECTION_USAGE,
  DATABASE_COMMAND_USAGE,
  loggingUsage,
  OTHER_USAGE,
  recordUsage,
  TABLE_USAGE,
} from '../ovsdb/usage.ts';

const COMMANDS = `ovn-sbctl: OVN southbound DB management utility

usage: ovn-sbctl [OPTIONS] COMMAND [ARG...]

General commands:
  show                        print overview of database contents

Chassis commands:
  chassis-add CHASSIS ENCAP-TYPE ENCAP-IP  create a new chassis named
                                           CHASSIS with ENCAP-TYPE tunnels
                                           and ENCAP-IP
  chassis-del CHASSIS         delete CHASSIS and all of its encaps
                              and gateway_ports

Port binding commands:
  lsp-bind PORT CHASSIS       bind logical port PORT to CHASSIS
  lsp-unbind PORT             reset the port binding of logical port PORT

Logical flow commands:
  lflow-list  [DATAPATH] [LFLOW...] list logical flows for DATAPATH
  dump-flows  [DATAPATH] [LFLOW...] alias for lflow-list
  count-flows [DATAPATH]            count logical flows for DATAPATH

Connection commands:
  get-connection             print the connections
  del-connection             delete the connections
  [--inactivity-probe=MSECS]
  set-connection TARGET...   set the list of connections to TARGET...

SSL/TLS commands:
  get-ssl                     print the SSL/TLS configuration
  del-ssl                     delete the SSL/TLS configuration
  set-ssl PRIV-KEY CERT CA-CERT [SSL-PROTOS [SSL-CIPHERS [SSL-CIPHERSUITES]]] set the SSL/TLS configuration

`;

const options = (remote: string): string => `
Options:
  --db=DATABASE               connect to DATABASE
                              (default: ${remote})
  --no-leader-only            accept any cluster member, not just the leader
  -t, --timeout=SECS          wait at most SECS seconds
  --dry-run                   do not commit changes to database
  --oneline                   print exactly one line of output per command
`;

export const sbctlUsage = (names: SchemaNames, remote: string): string =>
  COMMANDS +
  DATABASE_COMMAND_USAGE +
  recordUsage(names) +
  options(remote) +
  TABLE_USAGE +
  loggingUsage('ovn-sbctl', 'sbctl') +
  OTHER_USAGE +
  CONNECTION_USAGE;
