import { hvm, type OptionTable } from './option.js';
import { iomem, ioports, irqs, keyed } from './syntax.js';

/** Disks, interfaces, channels, and devices of the host. */
export const deviceOptions = {
  disk: {
    type: 'list',
    newer: { grant_usage: '4.18' },
    example: '[ "/srv/web1.img,raw,xvda,rw" ]',
  },
  vif: {
    type: 'list',
    newer: { vlan: '4.20' },
    example: '[ "mac=00:16:3e:01:02:03,bridge=xenbr0" ]',
  },
  vif2: { type: 'list', example: '[ "bridge=xenbr0" ]', obsolete: 'prints that it does not support it' },
  channel: { type: 'list', example: '[ "connection=pty,name=agent" ]' },
  serial: { type: 'string or list', guests: hvm, example: '"pty"' },
  vtpm: { type: 'list', example: '[ "backend=vtpmmgr,uuid=ac0a5b9e-cbe2-4c07-b43b-1d69e46fb839" ]' },
  p9: {
    type: 'list',
    syntax: keyed(
      [
        ...['tag', 'path', 'security_model', 'backend'],
        ...['type', 'max-files', 'max-open-files', 'max-space', 'auto-delete'],
      ],
      ['tag', 'path', 'security_model'],
    ),
    newer: {
      type: '4.19',
      'max-files': '4.19',
      'max-open-files': '4.19',
      'max-space': '4.19',
      'auto-delete': '4.19',
    },
    example: '[ "tag=share,security_model=none,path=/srv/share" ]',
  },
  pvcalls: { type: 'list', syntax: keyed(['backend']), example: '[ "backend=0" ]' },
  virtio: { type: 'list', since: '4.18', example: '[ "type=virtio,device22,transport=mmio" ]' },

  pci: { type: 'list', example: '[ "0000:01:10.0,permissive=1" ]' },
  pci_permissive: { type: 'boolean', default: '0', example: '1' },
  pci_msitranslate: { type: 'boolean', default: '0', example: '1' },
  pci_seize: { type: 'boolean', default: '0', example: '1' },
  pci_power_mgmt: { type: 'boolean', default: '0', example: '1' },
  passthrough: {
    type: 'name',
    values: ['default', 'disabled', 'enabled', 'sync_pt', 'share_pt'],
    default: 'default',
    example: '"share_pt"',
  },
  rdm: { type: 'string', guests: hvm, example: '"strategy=host"' },
  rdm_mem_boundary: { type: 'integer', guests: hvm, example: '2048' },
  gfx_passthru: {
    type: 'boolean or name',
    guests: hvm,
    values: ['default', 'igd'],
    default: '0',
    example: '"igd"',
  },
  dtdev: { arm: true, type: 'list', example: '[ "/soc/ethernet@1c30000" ]' },
  ioports: { type: 'list', syntax: ioports, example: '[ "2f8-2ff" ]' },
  iomem: { type: 'list', syntax: iomem, example: '[ "fe000,4@100" ]' },
  irqs: { type: 'list', syntax: irqs, example: '[ 112 ]' },

  usb: { type: 'boolean', guests: hvm, default: '0', example: '1' },
  usbdevice: { type: 'string or list', guests: hvm, example: '"tablet"' },
  usbversion: { type: 'integer', guests: hvm, default: '0', example: '2' },
  usbctrl: { type: 'list', example: '[ "type=qusb,version=2,ports=4" ]' },
  usbdev: { type: 'list', example: '[ "hostbus=1,hostaddr=3" ]' },
  hdtype: { type: 'name', guests: hvm, values: ['ide', 'ahci'], default: 'ide', example: '"ahci"' },
} as const satisfies OptionTable;
