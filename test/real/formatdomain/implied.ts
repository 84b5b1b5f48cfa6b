/**
 * What the reader accepts without a message although it has no effect, because it is the default. The tests fail for
 * anything else that has neither effect nor message, and for a row that no longer matches.
 */

export interface Implied {
  /** The path of an element or attribute, with its value if the schema lists values; `/*` matches all children. */
  readonly piece: string;
  readonly because: string;
}

const row = (piece: string, because: string): Implied => ({ piece, because });
const isDefault = 'the default';

export const implied: readonly Implied[] = [
  row(
    'os/type/@arch=x86_64',
    'Xen detects it: an HVM guest starts in real mode, a PV or PVH kernel specifies its own',
  ),
  row(
    'os/type/@arch=i686',
    'Xen detects it: an HVM guest starts in real mode, a PV or PVH kernel specifies its own',
  ),
  row('os/type/@machine', 'Xen has one machine type for each guest type'),
  row('os/type/@machine=xenpv', 'the text of the element specifies the guest type'),
  row('os/type/@machine=xenfv', 'the text of the element specifies the guest type'),
  row('os/type/@machine=xenpvh', 'the text of the element specifies the guest type'),
  row('os/@firmware=bios', isDefault),
  row('os/loader/@type=rom', isDefault),
  row('os/loader/@readonly=yes', "Xen's firmware is always read-only"),
  row('os/loader/@readonly=no', "Xen's firmware is always read-only"),
  row('os/loader/@secure=no', isDefault),
  row('clock/@offset=utc', isDefault),
  row('clock/@offset=variable', 'the attribute adjustment contains the offset'),
  row('clock/@basis=utc', isDefault),
  row('clock/@adjustment=reset', 'xl sets the clock at every start'),
  row('clock/timer/@mode=auto', isDefault),
  row('vcpu/@placement=static', isDefault),
  row('features/pae', 'always enabled for x86-64 guests'),
  row('features/hap', 'enabled if the host supports it'),
  row('features/hap/@state=on', 'enabled if the host supports it'),
  row('features/xen/e820_host/@state=on', 'the default of the element'),
  row('on_poweroff=destroy', isDefault),
  row('on_reboot=restart', isDefault),
  row('on_crash=destroy', isDefault),
  row('devices/disk/@device=disk', isDefault),
  row('devices/graphics/clipboard/@copypaste=no', isDefault),
  row('devices/disk/@type=file', isDefault),
  row('devices/disk/driver/@type=raw', isDefault),
  row('devices/disk/driver/@type=iso', 'an ISO image is a raw image'),
  row('devices/disk/driver/@type=aio', "tapdisk's name for raw"),
  row('devices/disk/auth/secret/*', 'the message for <auth> reports that Ceph uses its own keyring'),
  row('devices/disk/source/auth/secret/*', 'the message for <auth> reports that Ceph uses its own keyring'),
  row('devices/disk/source/host/@transport=tcp', isDefault),
  row('devices/disk/target/@bus=xen', 'the name xvda implies the bus'),
  row(
    'devices/disk/boot/@order',
    'with one device there is no other order; with several, it is converted to boot',
  ),
  row('devices/controller/@type=xenbus', 'every Xen guest has one'),
  row('devices/controller/@index', 'the order of the controllers; a single one is the first'),
  row('devices/hostdev/@mode=subsystem', isDefault),
  row('devices/hostdev/@managed=no', isDefault),
  row('devices/hostdev/driver/@name=xen', 'Xen has only one driver for assigned devices'),
  row('devices/interface/ip/@family', 'the address specifies it'),
  row('devices/interface/bandwidth/outbound', 'no effect without a rate'),
  row('devices/input/@type=mouse', 'every guest has one'),
  row('devices/input/@type=keyboard', 'every guest has one'),
  row('devices/input/@bus=usb', 'the default bus of a tablet'),
  row('devices/graphics/@autoport=no', isDefault),
  row('devices/graphics/clipboard/@copypaste=no', isDefault),
  row('devices/graphics/listen/@type=address', 'the address specifies it'),
  row('devices/video/model/@type=cirrus', isDefault),
  row('devices/video/model/@type=xen', 'the framebuffer of a PV guest'),
  row('devices/video/model/@primary=yes', 'the only video adapter'),
  row('devices/video/model/@primary=no', 'the only video adapter'),
  row('devices/console/@type=pty', isDefault),
  row('devices/console/@tty', 'the terminal of a running domain; each start allocates a new one'),
  row('devices/serial/@type=pty', isDefault),
  row('devices/serial/source/@mode', 'the default of its type'),
  row('devices/serial/source/@append=off', isDefault),
  row('devices/serial/source/reconnect/@enabled=no', isDefault),
  row('devices/serial/source/reconnect/@timeout', 'reported with its element'),
  row('devices/serial/protocol', 'no effect without a type'),
  row('devices/serial/protocol/@type=raw', isDefault),
  row('devices/parallel/@type=pty', isDefault),
  row('devices/parallel/source/@mode', 'the default of its type'),
  row('devices/parallel/source/@append=off', isDefault),
  row('devices/parallel/source/reconnect/@enabled=no', isDefault),
  row('devices/parallel/source/reconnect/@timeout', 'reported with its element'),
  row('devices/parallel/protocol', 'no effect without a type'),
  row('devices/parallel/protocol/@type=raw', isDefault),
  row('devices/channel/source/@mode', 'the default of its type'),
  row('devices/channel/source/reconnect/@enabled=no', isDefault),
  row('devices/serial/target/@type=isa-serial', isDefault),
  row('devices/serial/target/@type=serial', isDefault),
  row('devices/channel/@type=pty', isDefault),
];
