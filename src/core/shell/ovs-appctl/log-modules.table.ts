/** The modules of each daemon that log, by their names in `vlog/list` (Open vSwitch 3.7, OVN 26.03). */

/** Of ovs-vswitchd. */
export const VSWITCHD_MODULES =
  `backtrace bfd bond bridge bundle bundles cfm collectors command_line connmgr conntrack conntrack_tp
cooperative_multitasking coverage ct_dpif daemon daemon_unix dns_resolve dp_packet_gso dpdk dpif
dpif_lookup_autovalidator dpif_lookup_generic dpif_mfex_extract_study dpif_netdev dpif_netdev_extract
dpif_netdev_impl dpif_netdev_lookup dpif_netlink dpif_netlink_rtnl dpif_offload dpif_offload_dummy
dpif_offload_tc dpif_offload_tc_netdev entropy fail_open fatal_signal flow hmap in_band ipf ipfix jsonrpc
lacp lldp lldpd lldpd_structs lockfile memory meta_flow native_tnl netdev netdev_dummy netdev_linux
netdev_vport netflow netlink netlink_conntrack netlink_notifier netlink_socket nx_match odp_execute
odp_execute_impl odp_util ofp_actions ofp_bundle ofp_connection ofp_ct ofp_errors ofp_flow ofp_group
ofp_match ofp_meter ofp_monitor ofp_msgs ofp_packet ofp_port ofp_protocol ofp_queue ofp_table ofp_util
ofproto ofproto_dpif ofproto_dpif_mirror ofproto_dpif_monitor ofproto_dpif_rid ofproto_dpif_upcall
ofproto_dpif_xlate ofproto_xlate_cache ovs_lldp ovs_numa ovs_rcu ovs_replay ovs_router ovs_thread ovsdb_cs
ovsdb_error ovsdb_idl ox_stat pcap pmd_perf poll_loop process rconn reconnect route_table rstp rstp_sm sflow
sha1 signals socket_util socket_util_unix stp stream stream_fd stream_replay stream_ssl stream_tcp
stream_unix svec system_stats tc timeval tunnel unixctl userspace_tso util uuid vconn vconn_stream vlog
vswitchd`.split(/\s+/);

/** Of ovn-controller. */
export const CONTROLLER_MODULES =
  `acl_ids acl_log actions backtrace binding bundle chassis command_line conntrack conntrack_tp controller_lb
cooperative_multitasking coverage ct_dpif ct_zone daemon daemon_unix dns_resolve dp_packet_gso dpdk dpif
dpif_lookup_autovalidator dpif_lookup_generic dpif_mfex_extract_study dpif_netdev dpif_netdev_extract
dpif_netdev_impl dpif_netdev_lookup dpif_netlink dpif_netlink_rtnl dpif_offload dpif_offload_dummy
dpif_offload_tc dpif_offload_tc_netdev encaps entropy evpn_arp evpn_binding evpn_fdb exchange expr
extend_table fatal_signal features flow garp_rarp ha_chassis hmap host_if_monitor if_status inc_proc_eng ipf
jsonrpc lb ldata lflow lflow_cache lockfile lport mac_binding_index mac_cache main memory memory_trim
meta_flow native_tnl neighbor neighbor_exchange neighbor_exchange_netlink neighbor_table_notify netdev
netdev_dummy netdev_linux netdev_vport netlink netlink_conntrack netlink_notifier netlink_socket nx_match
odp_execute odp_execute_impl odp_util ofctrl ofp_actions ofp_bundle ofp_connection ofp_ct ofp_errors
ofp_flow ofp_group ofp_match ofp_meter ofp_monitor ofp_msgs ofp_packet ofp_port ofp_protocol ofp_queue
ofp_table ofp_util ovn_bfd ovn_util ovndns ovs_numa ovs_rcu ovs_replay ovs_router ovs_thread ovsdb_cs
ovsdb_error ovsdb_idl ovsport ox_stat patch pcap physical pinctrl pmd_perf poll_loop port_mirror process
rconn reconnect resource_dep route_exchange route_exchange_netlink route_table route_table_notify sha1
signals socket_util socket_util_unix statctrl stopwatch stream stream_fd stream_replay stream_ssl stream_tcp
stream_unix svec tc timeval unixctl userspace_tso util uuid vconn vconn_stream vif_plug vif_plug_dummy
vif_plug_provider vlog`.split(/\s+/);

/** Of ovn-northd. */
export const NORTHD_MODULES =
  `backtrace bundle command_line conntrack conntrack_tp cooperative_multitasking coverage ct_dpif daemon
daemon_unix datapath_sync debug dns_resolve dp_packet_gso dpdk dpif dpif_lookup_autovalidator
dpif_lookup_generic dpif_mfex_extract_study dpif_netdev dpif_netdev_extract dpif_netdev_impl
dpif_netdev_lookup dpif_netlink dpif_netlink_rtnl dpif_offload dpif_offload_dummy dpif_offload_tc
dpif_offload_tc_netdev en_datapath_logical_router en_datapath_logical_switch en_global_config
en_group_ecmp_route en_lb_data en_learned_route_sync en_lflow en_lr_nat en_lr_stateful en_ls_stateful
en_meters en_multicast en_northd en_port_group en_sampling_app en_sync_from_sb en_sync_to_sb entropy expr
fatal_signal flow hmap inc_proc_eng inc_proc_northd ipam ipf jsonrpc lb lflow_mgr lockfile mac_binding_aging
mac_binding_index memory memory_trim meta_flow native_tnl netdev netdev_dummy netdev_linux netdev_vport
netlink netlink_conntrack netlink_notifier netlink_socket northd northd_acl_ids northd_lb nx_match
odp_execute odp_execute_impl odp_util ofp_actions ofp_bundle ofp_connection ofp_ct ofp_errors ofp_flow
ofp_group ofp_match ofp_meter ofp_monitor ofp_msgs ofp_packet ofp_port ofp_protocol ofp_queue ofp_table
ofp_util ovn_northd ovn_parallel_hmap ovn_util ovs_numa ovs_rcu ovs_replay ovs_router ovs_thread ovsdb_cs
ovsdb_error ovsdb_idl ox_stat pcap pmd_perf poll_loop process rconn reconnect route_table sha1 signals
socket_util socket_util_unix stopwatch stream stream_fd stream_replay stream_ssl stream_tcp stream_unix svec
tc timeval unixctl userspace_tso util uuid vconn vconn_stream vlog`.split(/\s+/);
