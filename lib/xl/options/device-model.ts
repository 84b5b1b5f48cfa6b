import type { OptionTable } from './option.js';

/** The QEMU behind a guest, and the domain that it may run in. */
export const deviceModelOptions = {
  device_model: {
    type: 'string',
    example: '"/srv/bin/qemu"',
    obsolete: "prints that it ignores it, and reads 'device_model_override'",
  },
  device_model_version: {
    type: 'string',
    values: ['qemu-xen', 'qemu-xen-traditional'],
    default: 'qemu-xen',
    example: '"qemu-xen"',
  },
  device_model_override: { type: 'string', example: '"/srv/bin/qemu"' },
  device_model_user: { type: 'string', example: '"qemu-web1"' },
  device_model_args: {
    type: 'list',
    strict: true,
    example: '[ "-D", "/var/log/qemu.log" ]',
  },
  device_model_args_pv: { type: 'list', strict: true, example: '[ "-trace", "xen*" ]' },
  device_model_args_hvm: { type: 'list', strict: true, example: '[ "-device", "usb-ehci" ]' },
  device_model_stubdomain_override: { type: 'boolean', default: '0', example: '1' },
  device_model_stubdomain_seclabel: { type: 'string', example: '"system_u:system_r:dm_t"' },
  dm_restrict: { type: 'boolean', default: '0', example: '1' },
  stubdomain_kernel: { type: 'string', example: '"/srv/boot/stubdom-kernel"' },
  stubdomain_cmdline: { type: 'string', example: '"debug"' },
  stubdomain_ramdisk: { type: 'string', example: '"/srv/boot/stubdom-rootfs"' },
  stubdomain_memory: { type: 'integer', example: '128' },
} as const satisfies OptionTable;
