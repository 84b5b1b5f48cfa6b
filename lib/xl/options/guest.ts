import { lifecycleActions } from '../../model/lifecycle.js';
import { pv, pvh, type OptionTable } from './option.js';
import { cpuRanges, hardCpus } from './syntax.js';

/** libxl_types.idl: action_on_shutdown; case-sensitive (xl_parse.c: parse_action_on_shutdown). */
const actions = [...lifecycleActions, 'soft-reset'];

/** The guest: its name, memory, CPUs, boot settings, and actions on shutdown. */
export const guestOptions = {
  name: { type: 'string', example: '"web1"' },
  uuid: { type: 'string', example: '"3f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"' },
  type: { type: 'string', example: '"pvh"' },
  builder: { type: 'string', example: '"hvm"' },
  pool: { type: 'string', default: 'Pool-0', example: '"Pool-1"' },
  seclabel: { type: 'string', example: '"system_u:system_r:domU_t"' },
  init_seclabel: { type: 'string', example: '"system_u:system_r:init_t"' },
  driver_domain: { type: 'boolean', default: '0', example: '1' },
  nomigrate: { type: 'boolean', default: '0', example: '1' },
  xend_suspend_evtchn_compat: { type: 'boolean', default: '0', example: '1' },

  memory: { type: 'integer', example: '512' },
  maxmem: { type: 'integer', example: '1024' },
  shadow_memory: { type: 'integer', example: '16' },
  max_grant_frames: {
    type: 'integer',
    strict: true,
    example: '64',
  },
  max_maptrack_frames: { type: 'integer', strict: true, example: '1024' },
  max_grant_version: { type: 'integer', strict: true, example: '1' },
  max_event_channels: { type: 'integer', default: '1023', example: '255' },

  vcpus: { type: 'integer', example: '2' },
  maxvcpus: { type: 'integer', example: '4' },
  cpus: { type: 'string or list', syntax: hardCpus, example: '"0-1"' },
  cpus_soft: { type: 'string or list', syntax: cpuRanges, example: '[ "0", "1" ]' },
  cpu_weight: { type: 'integer', default: '256', example: '512' },
  cap: { type: 'integer', default: '0', example: '50' },
  period: { type: 'integer', example: '100' },
  slice: { type: 'integer', example: '20' },
  latency: { type: 'integer', example: '10' },
  extratime: { type: 'integer', example: '1' },
  vnuma: {
    type: 'list of lists',
    example: '[ [ "pnode=0", "size=512", "vcpus=0", "vdistances=10" ] ]',
  },
  llc_colors: { arm: true, type: 'list', since: '4.20', example: '[ "0-4", "8" ]' },

  on_poweroff: { type: 'string', values: actions, example: '"preserve"' },
  on_reboot: { type: 'string', values: actions, example: '"destroy"' },
  on_crash: { type: 'string', values: actions, example: '"coredump-restart"' },
  on_watchdog: { type: 'string', values: actions, default: 'destroy', example: '"restart"' },
  on_soft_reset: { type: 'string', values: actions, default: 'soft-reset', example: '"destroy"' },

  kernel: { type: 'string', example: '"/srv/boot/vmlinuz"' },
  ramdisk: { type: 'string', example: '"/srv/boot/initrd"' },
  cmdline: { type: 'string', example: '"console=hvc0 ro"' },
  root: { type: 'string', example: '"/dev/xvda1"' },
  extra: { type: 'string', example: '"quiet"' },
  device_tree: { arm: true, type: 'string', example: '"/srv/boot/partial.dtb"' },
  bootloader: { type: 'string', example: '"pygrub"' },
  bootloader_args: { type: 'string or list', example: '[ "-q", "--isconfig" ]' },
  bootloader_restrict: { type: 'boolean', since: '4.19', default: '0', example: '1' },
  bootloader_user: { type: 'string', since: '4.19', example: '"xen-boot"' },
  pvshim: { type: 'boolean', guests: pvh, default: '0', example: '1' },
  pvshim_path: { type: 'string', guests: pvh, example: '"/srv/boot/xen-shim"' },
  pvshim_cmdline: { type: 'string', guests: pvh, example: '"pv=1"' },
  pvshim_extra: { type: 'string', guests: pvh, example: '"loglvl=all"' },
  e820_host: { type: 'boolean', guests: pv, default: '0', example: '1' },
} as const satisfies OptionTable;
