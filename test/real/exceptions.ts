/**
 * Configs that we and xl intentionally read differently, by file name, with the reason. The suite fails if a row is
 * no longer needed.
 */
type Exceptions = Readonly<Record<string, string>>;

const preserved = (key: string): string =>
  `${key} is not translated but kept as it is; what xl rejects in it, xl rejects after the way back, too`;

/** xl rejects them; we convert them without reporting that. */
export const refusedByXlAlone: Exceptions = {
  '078-cpus-nodes-bad.cfg': preserved('cpus'),
};

/** xl accepts them; we reject them. */
export const refusedByUsAlone: Exceptions = {
  '018-syntax-int-overflow-bad.cfg': 'xl warns, goes on with 32 MiB, and makes another guest than was meant',
  '021-cpus-empty-bad.cfg': 'an empty set of CPUs; xl does not look at it without vcpus=',
  '047-meta-name-slash-bad.cfg': "libvirt rejects '/' in a domain name",
  '067-mem-zero-bad.cfg': 'no domain can be built with no memory; xl notices only later',
  '072-vcpu-zero.cfg': 'no domain can be built without a CPU; xl notices only later',
  '151-vnuma-incomplete-bad.cfg':
    'a node without memory; xl.cfg(5) makes each key mandatory, xl itself takes 0',
  '152-vnuma-distcount-bad.cfg': 'two distances to one node; xl reads past the second',
  '186-disk-rbd-nopool.cfg': 'QEMU wants a pool and an image, and notices only later',
  '242-gfx-vnc-display-huge.cfg': 'there is no port for such a display; QEMU notices only later',
  '247-gfx-spice-min.cfg': 'libxl rejects SPICE without a port, when it starts QEMU',
  '248-gfx-spice-nopasswd-bad.cfg': 'libxl rejects SPICE without a password, unless it is told to do without',
  '185-disk-vdev-long.cfg': 'libxl has no disk hdaz, and rejects it when it creates the disk',
  '184-disk-samevdev.cfg': 'libxl rejects two disks of one name, when it makes the second',
  '212-vif-mac-bad.cfg': 'xl warns, and makes up another address than was meant',
  '282-channel-noname.cfg': 'libxl rejects a channel without a name, when it makes it',
};

const unpinned = 'without vcpus= xl does not look at this setting; the way back writes vcpus';
const noDistances = "xl.cfg(5) makes vdistances mandatory, and xl takes 0; libvirt's distances are taken";

const colon =
  "a bridge with a colon is one of Open vSwitch, to libvirt, too; that its script is xl.conf's default is not known offline";

/** xl reads another domain after converting to XML and back. */
export const changedOnTheWay: Exceptions = {
  '163-disk-backends.cfg': 'libxl has no blktap: a tap disk becomes one of qdisk',
  '295-sound-all.cfg':
    "libvirt cannot say all of QEMU's sound cards; sb16 and es1370 are what it takes for that",
  'channels-4.17.cfg': 'the sacrificial channel is dropped, and comes back with --xen 4.17 only',
  '080-sched-lost.cfg': `cpus_soft: ${unpinned}`,
  '066-mem-max-below.cfg': 'no domain can start with more than its maximum; it is lowered, and reported',
  '172-disk-vdev-short-bad.cfg': 'd4p1 and xvde1 are the same device to libxl; libvirt knows the latter',
  '204-vif-vlan.cfg': colon,
  'ceph-and-openvswitch.cfg': colon,
  '239-gfx-vnc-listen-display.cfg': 'the display that stood behind the address comes back as vncdisplay',
  '110-cpuid-flags.cfg': 's is another word for k, and comes back as that',
  '149-vnuma-nodist.cfg': noDistances,
  '150-vnuma-pnode-bad.cfg': noDistances,
  '153-vnuma-key-bad.cfg': noDistances,
  '155-vnuma-toomany-bad.cfg': noDistances,
  '130-os-boot-long.cfg': 'QEMU refuses a letter that is given twice; the first counts, and that is reported',
  '131-os-boot-unknown.cfg': 'no such letters: QEMU refuses to start with them; reported',
  '133-os-boot-upper.cfg': 'no such letters: QEMU refuses to start with them; reported',
  '140-os-bootloader.cfg': "bootargs= is libvirt's name for bootloader_args=; xl reads past it",
  '171-disk-buses-hvm.cfg': 'libxl knows no vdd and would refuse to make the disk; it becomes xvdd',
  '254-vfb-sdl.cfg':
    'for xl its SDL display is off (it reads past type=), so what is said of it has no effect',
};
