/**
 * What the readers take without a word and without an effect: it says what is so anyway. Whatever
 * else has no effect is a loss in silence; a row that fits nothing any more is a mistake, too.
 */

export interface Implied {
  /** The path of an element or attribute, and the value if it is one that is listed; `/*` is all in an element. */
  readonly piece: string;
  readonly because: string;
}

const row = (piece: string, because: string): Implied => ({ piece, because });
const isDefault = 'the default';

export const implied: readonly Implied[] = [
  row('os/type/@arch=x86_64', 'an HVM guest starts as any PC does; a PV kernel says itself what it is'),
  row('os/type/@arch=i686', 'an HVM guest starts as any PC does; a PV kernel says itself what it is'),
  row('os/type/@machine', 'Xen has one machine for each kind of guest'),
  row('os/type/@machine=xenpv', 'the kind of guest is in the text of the element'),
  row('os/type/@machine=xenfv', 'the kind of guest is in the text of the element'),
  row('os/type/@machine=xenpvh', 'the kind of guest is in the text of the element'),
  row('os/@firmware=bios', isDefault),
  row('os/loader/@type=rom', isDefault),
  row('os/loader/@readonly=yes', "no guest can write to Xen's firmware"),
  row('os/loader/@readonly=no', "no guest can write to Xen's firmware"),
  row('os/loader/@secure=no', isDefault),
  row('clock/@offset=utc', isDefault),
  row('clock/@offset=variable', 'the distance is in the adjustment'),
  row('clock/@basis=utc', isDefault),
  row('clock/@adjustment=reset', 'xl sets the clock anew at each start'),
  row('clock/timer/@mode=auto', isDefault),
  row('vcpu/@placement=static', isDefault),
  row('features/pae', 'every x86-64 guest has it'),
  row('features/hap', 'on where the machine has it'),
  row('features/hap/@state=on', 'on where the machine has it'),
  row('features/xen/e820_host/@state=on', 'the element says it'),
  row('on_poweroff=destroy', isDefault),
  row('on_reboot=restart', isDefault),
  row('on_crash=destroy', isDefault),
  row('devices/disk/@device=disk', isDefault),
  row('devices/graphics/clipboard/@copypaste=no', isDefault),
  row('devices/disk/@type=file', isDefault),
  row('devices/disk/driver/@type=raw', isDefault),
  row('devices/disk/driver/@type=iso', 'an ISO image is raw bytes'),
  row('devices/disk/driver/@type=aio', "tapdisk's word for raw"),
  row(
    'devices/disk/auth/secret/*',
    'goes with <auth>, of which a message says that Ceph looks for the key itself',
  ),
  row(
    'devices/disk/source/auth/secret/*',
    'goes with <auth>, of which a message says that Ceph looks for the key itself',
  ),
  row('devices/disk/source/host/@transport=tcp', isDefault),
  row('devices/disk/target/@bus=xen', 'the name xvda says so'),
  row('devices/disk/boot/@order', 'one device alone is booted in any case; of several it makes boot='),
  row('devices/controller/@type=xenbus', 'every Xen guest has one'),
  row('devices/controller/@index', 'a controller alone is the first; of several it is their order'),
  row('devices/hostdev/@mode=subsystem', isDefault),
  row('devices/hostdev/@managed=no', isDefault),
  row('devices/hostdev/driver/@name=xen', 'Xen has one way to assign a device'),
  row('devices/interface/ip/@family', 'the address tells'),
  row('devices/interface/bandwidth/outbound', 'it says nothing without a rate'),
  row('devices/input/@type=mouse', 'every guest has one'),
  row('devices/input/@type=keyboard', 'every guest has one'),
  row('devices/input/@bus=usb', 'where a tablet is by default'),
  row('devices/graphics/@autoport=no', isDefault),
  row('devices/graphics/listen/@type=address', 'the address tells'),
  row('devices/video/model/@type=cirrus', isDefault),
  row('devices/video/model/@type=xen', "a PV guest's framebuffer is its screen"),
  row('devices/video/model/@primary=yes', 'there is one adapter'),
  row('devices/video/model/@primary=no', 'there is one adapter'),
  row('devices/console/@type=pty', isDefault),
  row('devices/console/@tty', 'the terminal of a running domain; each start gives a new one'),
  row('devices/serial/@type=pty', isDefault),
  row('devices/serial/source/@mode', 'the default of its type'),
  row('devices/serial/source/@append=off', isDefault),
  row('devices/serial/source/reconnect/@enabled=no', isDefault),
  row('devices/serial/source/reconnect/@timeout', 'goes with the element, which is reported'),
  row('devices/serial/protocol', 'it says nothing without a type'),
  row('devices/serial/protocol/@type=raw', isDefault),
  row('devices/parallel/@type=pty', isDefault),
  row('devices/parallel/source/@mode', 'the default of its type'),
  row('devices/parallel/source/@append=off', isDefault),
  row('devices/parallel/source/reconnect/@enabled=no', isDefault),
  row('devices/parallel/source/reconnect/@timeout', 'goes with the element, which is reported'),
  row('devices/parallel/protocol', 'it says nothing without a type'),
  row('devices/parallel/protocol/@type=raw', isDefault),
  row('devices/channel/source/@mode', 'the default of its type'),
  row('devices/channel/source/reconnect/@enabled=no', isDefault),
  row('devices/serial/target/@type=isa-serial', isDefault),
  row('devices/serial/target/@type=serial', isDefault),
  row('devices/channel/@type=pty', isDefault),
];
