/** The text of `ovn-nbctl --help`. */
import type { SchemaNames } from '../ovsdb/command.ts';
import {
  CONNECTION_USAGE,
  daemonUsage,
  DATABASE_COMMAND_USAGE,
  loggingUsage,
  OTHER_USAGE,
  recordUsage,
  TABLE_USAGE,
} from '../ovsdb/usage.ts';

const COMMANDS = `ovn-nbctl: OVN northbound DB management utility
usage: ovn-nbctl [OPTIONS] COMMAND [ARG...]

General commands:
  init                      initialize the database
  show                      print overview of database contents
  show SWITCH               print overview of database contents for SWITCH
  show ROUTER               print overview of database contents for ROUTER

Logical switch commands:
  ls-add [SWITCH]           create a logical switch named SWITCH
  ls-del SWITCH             delete SWITCH and all its ports
  ls-list                   print the names of all logical switches

ACL commands:
  [--type={switch | port-group}] [--log] [--severity=SEVERITY] [--name=NAME] [--may-exist]
  acl-add {SWITCH | PORTGROUP} DIRECTION PRIORITY MATCH ACTION [NETWORK-FUNCTION-GROUP]
                            add an ACL to SWITCH/PORTGROUP
  [--type={switch | port-group}]
  acl-del {SWITCH | PORTGROUP} [DIRECTION [PRIORITY MATCH]]
                            remove ACLs from SWITCH/PORTGROUP
  [--type={switch | port-group}]
  acl-list {SWITCH | PORTGROUP}
                            print ACLs for SWITCH

QoS commands:
  qos-add SWITCH DIRECTION PRIORITY MATCH [rate=RATE [burst=BURST]] [dscp=DSCP] [mark=MARK]
                            add an QoS rule to SWITCH
  qos-del SWITCH [{DIRECTION | UUID} [PRIORITY MATCH]]
                            remove QoS rules from SWITCH
  qos-list SWITCH           print QoS rules for SWITCH

Mirror commands:
  mirror-add NAME TYPE [INDEX] FILTER {IP | MIRROR-ID| TARGET-PORT} 
                            add a mirror with given name
                            specify TYPE 'gre', 'erspan', 'local'
                                or 'lport'.
                            specify the tunnel INDEX value
                                (indicates key if GRE
                                 erpsan_idx if ERSPAN)
                            specify FILTER for mirroring selection
                                'to-lport' / 'from-lport' / 'both'
                            specify Sink / Destination i.e. Remote IP, or a
                                local interface with external-ids:mirror-id
                                matching MIRROR-ID
                                In case of lport type specify logical switch
                                port, which is a mirror target.
  mirror-del [NAME]         remove mirrors
  mirror-list               print mirrors
  mirror-rule-add MIRROR-NAME PRIORITY MATCH ACTION 
                            add a mirror rule selection to given lport
                            mirror.
                            specify MATCH for selecting mirrored traffic.
                            specify ACTION 'mirror' or 'skip'.
  mirror-rule-del MIRROR-NAME [PRIORITY | MATCH] remove mirrors

Meter commands:
  [--fair]
  meter-add NAME ACTION RATE UNIT [BURST]
                            add a meter
  meter-del [NAME]          remove meters
  meter-list                print meters

Logical switch port commands:
  lsp-add SWITCH PORT       add logical port PORT on SWITCH
  lsp-add SWITCH PORT PARENT TAG
                            add logical port PORT on SWITCH with PARENT
                            on TAG
  lsp-del PORT              delete PORT from its attached switch
  lsp-list SWITCH           print the names of all logical ports on SWITCH
  lsp-get-parent PORT       get the parent of PORT if set
  lsp-get-tag PORT          get the PORT's tag if set
  lsp-set-addresses PORT [ADDRESS]...
                            set MAC or MAC+IP addresses for PORT.
  lsp-get-addresses PORT    get a list of MAC or MAC+IP addresses on PORT
  lsp-set-port-security PORT [ADDRS]...
                            set port security addresses for PORT.
  lsp-get-port-security PORT    get PORT's port security addresses
  lsp-get-up PORT           get state of PORT ('up' or 'down')
  lsp-set-enabled PORT STATE
                            set administrative state PORT
                            ('enabled' or 'disabled')
  lsp-get-enabled PORT      get administrative state PORT
                            ('enabled' or 'disabled')
  lsp-set-type PORT TYPE    set the type for PORT
  lsp-get-type PORT         get the type for PORT
  lsp-set-options PORT KEY=VALUE [KEY=VALUE]...
                            set options related to the type of PORT
  lsp-get-options PORT      get the type specific options for PORT
  lsp-set-dhcpv4-options PORT [DHCP_OPTIONS_UUID]
                            set dhcpv4 options for PORT
  lsp-get-dhcpv4-options PORT  get the dhcpv4 options for PORT
  lsp-set-dhcpv6-options PORT [DHCP_OPTIONS_UUID]
                            set dhcpv6 options for PORT
  lsp-get-dhcpv6-options PORT  get the dhcpv6 options for PORT
  lsp-get-ls PORT           get the logical switch which the port belongs to
  lsp-attach-mirror PORT MIRROR   attach source PORT to MIRROR
  lsp-detach-mirror PORT MIRROR   detach source PORT from MIRROR
  lsp-add-router-port LS PORT LRP_PEER
                                    Create LSP of type router with
                                    router-port set to LRP_PEER
  lsp-add-localnet-port LS PORT NETWORK
                                    Create LSP of type localnet with
                                    network_name set to NETWORK

Forwarding group commands:
  [--liveness]
  fwd-group-add GROUP SWITCH VIP VMAC PORTS...
                            add a forwarding group on SWITCH
  fwd-group-del GROUP       delete a forwarding group
  fwd-group-list [SWITCH]   print forwarding groups

Network function group commands:
  nfg-add NETWORK-FUNCTION-GROUP ID MODE [NETWORK-FUNCTION]...
                            create a network-function-group
  nfg-del NETWORK-FUNCTION-GROUP
                            delete a network-function-group
  nfg-list print all network-function-groups
  nfg-add-nf NETWORK-FUNCTION-GROUP NETWORK-FUNCTION
                            add a network-function to a
                            network-function-group
  nfg-del-nf NETWORK-FUNCTION-GROUP NETWORK-FUNCTION
                            delete a network-function from a
                            network-function-group

Network function commands:
  nf-add NETWORK-FUNCTION ID PORT-IN PORT-OUT
                           create a network-function
  nf-del NETWORK-FUNCTION  delete a network-function
  nf-list                  print all network-functions


Logical router commands:
  lr-add [ROUTER]           create a logical router named ROUTER
  lr-del ROUTER             delete ROUTER and all its ports
  lr-list                   print the names of all logical routers

Logical router port commands:
  lrp-add ROUTER PORT MAC [NETWORK]... [peer=PEER]
                            add logical port PORT on ROUTER
  lrp-set-gateway-chassis PORT CHASSIS [PRIORITY]
                            set gateway chassis for port PORT
  lrp-set-options PORT KEY=VALUE [KEY=VALUE]...
                            set router port options
  lrp-del-gateway-chassis PORT CHASSIS
                            delete gateway chassis from port PORT
  lrp-get-gateway-chassis PORT
                            print the names of all gateway chassis on PORT
                            with PRIORITY
  lrp-del PORT              delete PORT from its attached router
  lrp-list ROUTER           print the names of all ports on ROUTER
  lrp-set-enabled PORT STATE
                            set administrative state PORT
                            ('enabled' or 'disabled')
  lrp-get-enabled PORT      get administrative state PORT
                            ('enabled' or 'disabled')
  lrp-set-redirect-type PORT TYPE
                            set whether redirected packet to gateway chassis
                            of PORT will be encapsulated or not
                            ('overlay' or 'bridged')
  lrp-get-redirect-type PORT
                            get whether redirected packet to gateway chassis
                            of PORT will be encapsulated or not
                            ('overlay' or 'bridged')

Route commands:
  [--policy=POLICY]
  [--ecmp]
  [--ecmp-symmetric-reply]
  [--route-table=ROUTE_TABLE]
  [--bfd]
  lr-route-add ROUTER PREFIX NEXTHOP [PORT]
                            add a route to ROUTER
  [--policy=POLICY]
  [--route-table=ROUTE_TABLE]
  lr-route-del ROUTER [PREFIX [NEXTHOP [PORT]]]
                            remove routes from ROUTER
  [--route-table=ROUTE_TABLE]
  lr-route-list ROUTER      print routes for ROUTER

Policy commands:
  [--bfd]
  lr-policy-add ROUTER PRIORITY MATCH ACTION [NEXTHOP,[NEXTHOP,...]] [OPTIONS KEY=VALUE ...] 
                            add a policy to router
  lr-policy-del ROUTER [{PRIORITY | UUID} [MATCH]]
                            remove policies from ROUTER
  lr-policy-list ROUTER     print policies for ROUTER


NAT commands:
  [--stateless]
  [--portrange]
  [--add-route]
  [--gateway-port=GATEWAY_PORT]
  lr-nat-add ROUTER TYPE EXTERNAL_IP LOGICAL_IP [LOGICAL_PORT EXTERNAL_MAC]
                            [EXTERNAL_PORT_RANGE]
                            add a NAT to ROUTER
  lr-nat-del ROUTER [TYPE [IP] [GATEWAY_PORT]]
                            remove NATs from ROUTER
  lr-nat-list ROUTER        print NATs for ROUTER

LB commands:
  lb-add LB VIP[:PORT] IP[:PORT]... [PROTOCOL]
                            create a load-balancer or add a VIP to an
                            existing load balancer
  lb-del LB [VIP]           remove a load-balancer or just the VIP from
                            the load balancer
  lb-list [LB]              print load-balancers
  lr-lb-add ROUTER LB       add a load-balancer to ROUTER
  lr-lb-del ROUTER [LB]     remove load-balancers from ROUTER
  lr-lb-list ROUTER         print load-balancers
  ls-lb-add SWITCH LB       add a load-balancer to SWITCH
  ls-lb-del SWITCH [LB]     remove load-balancers from SWITCH
  ls-lb-list SWITCH         print load-balancers

DHCP Options commands:
  dhcp-options-create CIDR [EXTERNAL_IDS]
                           create a DHCP options row with CIDR
  dhcp-options-del DHCP_OPTIONS_UUID
                           delete DHCP_OPTIONS_UUID
  dhcp-options-list        
                           lists the DHCP_Options rows
  dhcp-options-set-options DHCP_OPTIONS_UUID  KEY=VALUE [KEY=VALUE]...
                           set DHCP options for DHCP_OPTIONS_UUID
  dhcp-options-get-options DHCO_OPTIONS_UUID 
                           displays the DHCP options for DHCP_OPTIONS_UUID

Connection commands:
  get-connection             print the connections
  del-connection             delete the connections
  [--inactivity-probe=MSECS]
  set-connection TARGET...   set the list of connections to TARGET...

SSL/TLS commands:
  get-ssl                     print the SSL/TLS configuration
  del-ssl                     delete the SSL/TLS configuration
  set-ssl PRIV-KEY CERT CA-CERT [SSL-PROTOS [SSL-CIPHERS [SSL-CIPHERSUITES]]] set the SSL/TLS configuration
Port group commands:
  pg-add PG [PORTS]           Create port group PG with optional PORTS
  pg-set-ports PG PORTS       Set PORTS on port group PG
  pg-del PG                   Delete port group PG
  pg-get-ports PG             Get PORTS on port group PG
HA chassis group commands:
  ha-chassis-group-add GRP    Create an HA chassis group GRP
  ha-chassis-group-del GRP    Delete the HA chassis group GRP
  ha-chassis-group-list [GRP] Print the supplied HA chassis group or all
                              if none supplied
  ha-chassis-group-add-chassis GRP CHASSIS PRIORITY Adds an HAchassis with mandatory PRIORITY to the HA chassis group GRP
  ha-chassis-group-remove-chassis GRP CHASSIS Removes the HA chassisCHASSIS from the HA chassis group GRP

Control Plane Protection Policy commands:
  copp-add NAME PROTO METER
                            Add a copp policy for PROTO packets on NAME
                            CoPP policy based on an existing METER.
  copp-del NAME [PROTO]
                            Delete the copp policy for PROTO packets for
                            NAME copp. If PROTO is not specified, delete all
                            copp policies defined for NAME.
  copp-list NAME
                            List all copp policies defined for control
                            protocols NAME.
  ls-copp-add NAME SWITCH
                            Add a NAME copp policy on SWITCH logical switch.
  lr-copp-add NAME ROUTER
                            Add a NAME copp policy on ROUTER logical router.

MAC_Binding commands:
  static-mac-binding-add LOGICAL_PORT IP MAC
                                    Add a Static_MAC_Binding entry
  static-mac-binding-del LOGICAL_PORT IP
                                    Delete Static_MAC_Binding entry
  static-mac-binding-list           List all Static_MAC_Binding entries

Logical Switch Port Health Check:
  lsp-hc-add PORT PROTOCOL SOURCE_IP DST_PORT ADDRESS...
                            add health check monitoring for PORT
  lsp-hc-del PORT HC_UUID   delete health check monitoring for PORT
  lsp-hc-list PORT          list health checks for PORT

`;

const options = (remote: string): string => `
Synchronization command (use with --wait=sb|hv):
  sync                     wait even for earlier changes to take effect

Options:
  --db=DATABASE               connect to DATABASE
                              (default: ${remote})
  --no-wait, --wait=none      do not wait for OVN reconfiguration (default)
  --no-leader-only            accept any cluster member, not just the leader
  --no-shuffle-remotes        do not shuffle the order of remotes
  --wait=sb                   wait for southbound database update
  --wait=hv                   wait for all chassis to catch up
  --print-wait-time           print time spent on waiting
  -t, --timeout=SECS          wait at most SECS seconds
  --dry-run                   do not commit changes to database
  --oneline                   print exactly one line of output per command
`;

export const nbctlUsage = (names: SchemaNames, remote: string): string =>
  COMMANDS +
  DATABASE_COMMAND_USAGE +
  recordUsage(names) +
  options(remote) +
  TABLE_USAGE +
  daemonUsage('ovn-nbctl') +
  loggingUsage('ovn-nbctl', 'nbctl') +
  OTHER_USAGE +
  CONNECTION_USAGE;
