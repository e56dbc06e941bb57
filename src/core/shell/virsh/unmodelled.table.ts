/** Commands of virsh(1) that are known and not modelled. */

const DOMAINS = `attach-device attach-disk attach-interface autostart blkdeviotune blkiotune blockcommit blockcopy
  blockjob blockpull blockresize change-media console cpu-stats create define desc detach-device detach-device-alias
  detach-disk detach-interface domblkerror domblkinfo domblklist domblkstat domcontrol domdirtyrate-calc domdisplay
  domfsfreeze domfsinfo domfsthaw domfstrim domhostname domid domifaddr domifstat domiftune dominfo domjobabort
  domjobinfo domlaunchsecinfo dommemstat domname dompmsuspend dompmwakeup domrename domsetlaunchsecstate domstats
  domtime domuuid domxml-from-native domxml-to-native dump dumpxml edit event get-user-sshkeys guest-agent-timeout
  guestinfo guestvcpus inject-nmi iothreadadd iothreaddel iothreadinfo iothreadpin iothreadset managedsave
  managedsave-define managedsave-dumpxml managedsave-edit managedsave-remove memtune metadata migrate
  migrate-compcache migrate-getmaxdowntime migrate-getspeed migrate-postcopy migrate-setmaxdowntime
  migrate-setspeed numatune perf qemu-agent-command qemu-attach qemu-monitor-command qemu-monitor-event reboot
  reset restore resume save save-image-define save-image-dumpxml save-image-edit schedinfo screenshot send-key
  send-process-signal set-lifecycle-action set-user-password set-user-sshkeys setmaxmem setmem setvcpu setvcpus
  suspend ttyconsole undefine update-device update-memory-device vcpucount vcpuinfo vcpupin emulatorpin vncdisplay`;

const HOST = `allocpages capabilities cd connect cpu-baseline cpu-compare cpu-models domcapabilities echo exit freecell
  freepages help hypervisor-cpu-baseline hypervisor-cpu-compare maxvcpus node-memory-tune nodecpumap nodecpustats
  nodeinfo nodememstats nodesevinfo nodesuspend pool-capabilities pwd quit sysinfo uri version`;

/** Names that begin so belong to what is not here: interfaces of the host, filters, storage, snapshots. */
const FAMILIES = /^(?:backup|checkpoint|iface|net|nodedev|nwfilter|pool|secret|snapshot|vol)-[a-z]/;

const NAMES: ReadonlySet<string> = new Set(`${DOMAINS} ${HOST}`.split(/\s+/));

export const isUnmodelled = (name: string): boolean => NAMES.has(name) || FAMILIES.test(name);
