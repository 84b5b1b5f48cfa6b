import { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import {
  diskFormats,
  emptyDriveReason,
  pathOf,
  type Disk,
  type DiskBackend,
  type DiskBus,
  type DiskFormat,
  type DiskSource,
  networkProtocols,
  type NetworkImage,
  type RbdMonitor,
} from '../model/disk.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { XmlDescriptor } from './descriptor.js';
import { reportXlOnly } from './from-metadata.js';
import { absolutePath, addrIPorName, checkSchema, filePath } from './schema.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

const backendOf: Readonly<Record<string, DiskBackend>> = {
  qemu: 'qdisk',
  file: 'qdisk',
  phy: 'phy',
  tap: 'tap',
  tap2: 'tap',
  aio: 'tap',
};
export const driverOf: Readonly<Record<DiskBackend, string>> = { qdisk: 'qemu', phy: 'phy', tap: 'tap' };

/** libvirt's names of the buses; `xen` and `virtio` are the paravirtual ones of either hypervisor. */
const busOf: Readonly<Record<string, DiskBus>> = {
  ide: 'ide',
  scsi: 'scsi',
  sata: 'sata',
  usb: 'usb',
  virtio: 'virtio',
  xen: 'paravirtual',
};

/** Reads a <disk>. One that xl could not serve is an error: a guest without its disk is another guest. */
export function readDisk(disk: XmlElement, report: Report, options: FormatOptions = {}): Disk | undefined {
  const device = disk.attribute('device') ?? 'disk';
  const target = disk.child('target');
  const name = target?.attribute('dev');
  if (!target || name === undefined || name === '') {
    report.add('value-missing', "the disk has no <target dev='...'/>", (target ?? disk).tagSpan);
    return undefined;
  }
  const bus = readBus(target);
  const transient = disk.child('transient');
  if (transient)
    report.add(
      'device-unsupported',
      'xl has no transient disks: changes by the guest would be permanent',
      transient.tagSpan,
    );
  const isReadonly = disk.child('readonly') !== undefined;
  const driver = disk.child('driver');
  const backend = readBackend(driver);
  if (device === 'lun')
    report.add('converted', 'LUN converted to a plain disk', disk.attributeSpan('device'));
  const format = readFormat(driver, name, report);
  const source = readSource(disk, report, options);
  const backendDomain = disk.child('backenddomain')?.attribute('name');
  // xl discards by default, on a disk that can be written to (libxl_disk.c); of "unmap" nothing need be said.
  const keepsBlocks = driver?.peek('discard') === 'ignore' && driver.attribute('discard') !== undefined;
  if (source === 'unknown' || format === undefined) return undefined;
  if (!source && device !== 'cdrom') {
    report.add('value-missing', `disk '${name}' has no source`, disk.tagSpan, 'only a cdrom can be empty');
    return undefined;
  }
  return withOrigin<Disk>(
    {
      device: device === 'cdrom' ? 'cdrom' : 'disk',
      ...(source && { source }),
      format,
      ...(backend && { backend }),
      target: name,
      ...(bus !== undefined && { bus }),
      readonly: isReadonly || device === 'cdrom',
      ...(backendDomain !== undefined && { backendDomain }),
      ...(keepsBlocks && { xlParameters: ['no-discard'] }),
    },
    disk.tagSpan,
    {
      target: target.attributeSpan('dev'),
      bus: target.attributeSpan('bus'),
      backend: driver?.attributeSpan('name'),
      source: disk.children.find((child) => child.name === 'source')?.tagSpan,
    },
  );
}

/** A bus that Xen does not support for disks stays unread. */
function readBus(target: XmlElement): DiskBus | undefined {
  const given = target.peek('bus');
  if (given === undefined || !Object.hasOwn(busOf, given)) return undefined;
  target.attribute('bus');
  return busOf[given];
}

/** A driver that Xen does not support stays unread. */
function readBackend(driver: XmlElement | undefined): DiskBackend | undefined {
  const given = driver?.peek('name');
  if (given === undefined || !Object.hasOwn(backendOf, given)) return undefined;
  driver?.attribute('name');
  return backendOf[given];
}

/** An ISO image is raw data, as is what tapdisk calls aio. */
function readFormat(driver: XmlElement | undefined, disk: string, report: Report): DiskFormat | undefined {
  const type = driver?.attribute('type');
  if (driver === undefined || type === undefined || type === 'iso' || type === 'aio') return 'raw';
  const format = diskFormats.find((known) => known === type);
  if (format) return format;
  const hint = `xl serves ${diskFormats.join(', ')}; convert the image with qemu-img`;
  report.add(
    'device-unsupported',
    `disk '${disk}': xl cannot serve images of format '${type}'`,
    driver.attributeSpan('type'),
    hint,
  );
  return undefined;
}

function readSource(
  disk: XmlElement,
  report: Report,
  options: FormatOptions,
): DiskSource | undefined | 'unknown' {
  const type = disk.attribute('type') ?? 'file';
  const source = disk.child('source');
  if (type === 'file' || type === 'block') {
    const path = source?.attribute(type === 'file' ? 'file' : 'dev');
    return path ? { kind: type, path } : undefined;
  }
  if (type === 'dir' && isLibvirts(options)) {
    const path = source?.attribute('dir');
    const message = 'directory written as a raw disk, as libvirt does: QEMU cannot open it';
    report.add('profile-libvirt', message, disk.attributeSpan('type'));
    return path ? { kind: 'file', path } : undefined;
  }
  if (type === 'volume') {
    const [pool, volume] = [source?.attribute('pool'), source?.attribute('volume')];
    if (pool && volume) return { kind: 'volume', pool, volume };
    const message = "the disk has no <source pool='...' volume='...'/>";
    report.add('value-missing', message, (source ?? disk).tagSpan);
    return 'unknown';
  }
  const protocol = source?.attribute('protocol');
  if (type === 'network' && protocol === 'rbd' && source) return readRbd(disk, source, report);
  const known = networkProtocols.find((one) => one === protocol);
  if (type === 'network' && known && source) return readImage(disk, source, known, report);
  const what =
    type === 'network' ? `network disks of protocol '${protocol ?? ''}'` : `disks of type '${type}'`;
  const where = protocol === undefined ? disk.attributeSpan('type') : source?.attributeSpan('protocol');
  report.add(
    'device-unsupported',
    `xl has no ${what}`,
    where,
    'attach it in dom0, and give its device or file',
  );
  return 'unknown';
}

/** What a URL does not have: an image that needs it would be another one, or could not be opened. */
const beyondUrl: readonly string[] = [
  'auth',
  'cookies',
  'encryption',
  'identity',
  'initiator',
  'slices',
  'ssl',
];

/** The first server is that of the URL; others, which a cluster has, stay unread. */
function readImage(
  disk: XmlElement,
  source: XmlElement,
  protocol: NetworkImage['protocol'],
  report: Report,
): DiskSource | 'unknown' {
  const refuse = (message: string, place: XmlElement): 'unknown' => {
    report.add(
      'device-unsupported',
      message,
      place.tagSpan,
      'attach it in dom0, and give its device or file',
    );
    return 'unknown';
  };
  const needed = [...source.children, ...disk.children].find(({ name }) => beyondUrl.includes(name));
  // NFS requires an <identity>: what cannot be expressed is the protocol.
  const place = needed?.name === 'identity' ? source : needed;
  if (needed && place) return refuse(`xl.cfg cannot express <${needed.name}> of a network disk`, place);
  if (source.peek('tls') === 'yes') return refuse('xl.cfg cannot express TLS of a network disk', source);
  source.attribute('tls');
  const server = readServer(source);
  if (!server) return refuse(`the ${protocol} disk has no server that a URL can name`, source);
  const given = source.attribute('name') ?? '';
  if (absolutePaths.includes(protocol) && !given.startsWith('/'))
    return refuse(`the path of a ${protocol} disk is not absolute, and a URL has no other`, source);
  const name = nameOfImage(protocol, given);
  const query = source.attribute('query');
  return {
    kind: 'network',
    protocol,
    ...(name !== '' && { name }),
    server,
    ...(query !== undefined && { query }),
  };
}

/** Protocols whose names are paths of the server's file system; without the first slash they begin elsewhere. */
const absolutePaths: readonly string[] = ['ssh', 'nfs'];
/** Protocols whose names are no paths. */
const plainNames: readonly string[] = ['nbd', 'iscsi', 'gluster'];

function nameOfImage(protocol: NetworkImage['protocol'], given: string): string {
  if (protocol === 'iscsi' && given !== '' && !given.includes('/')) return `${given}/0`;
  return plainNames.includes(protocol) ? given : given.replace(/^\//, '');
}

function readServer(source: XmlElement): NetworkImage['server'] | undefined {
  const host = source.child('host');
  const transport = host?.attribute('transport');
  if (transport === 'unix') {
    const socket = host?.attribute('socket');
    return socket === undefined ? undefined : { socket };
  }
  const [name, port] = [host?.attribute('name'), host?.attribute('port')];
  if (name === undefined || (transport !== undefined && transport !== 'tcp')) return undefined;
  return { host: name, ...(port !== undefined && { port }) };
}

/** The secret of <auth> is libvirt's own: Ceph looks for the user's key in its keyring. */
function readRbd(disk: XmlElement, source: XmlElement, report: Report): DiskSource | 'unknown' {
  const name = source.attribute('name') ?? '';
  if (!/^[^/:@,]+(?:\/[^/:@,]+){1,2}$/.test(name)) {
    const why = `'${name}' does not name a pool and an image, as POOL/IMAGE`;
    report.add('value-invalid', why, source.attributeSpan('name'));
    return 'unknown';
  }
  const snapshot = source.child('snapshot')?.attribute('name');
  const configFile = source.child('config')?.attribute('file');
  const auth = source.child('auth') ?? disk.child('auth');
  const user = auth?.attribute('username');
  if (auth && user !== undefined) {
    auth.children.find((child) => child.name === 'secret')?.markAllRead();
    report.add(
      'disk-secret',
      `the key of Ceph user '${user}' is a libvirt secret, which xl.cfg cannot refer to`,
      auth.tagSpan,
      `put the key into the keyring of client.${user} in dom0`,
    );
  }
  const monitors = source.all('host').flatMap((host): readonly RbdMonitor[] => {
    const [address, port] = [host.attribute('name'), host.attribute('port')];
    if (host.peek('transport') === 'tcp') host.attribute('transport');
    return address === undefined ? [] : [{ host: address, ...(port !== undefined && { port }) }];
  });
  return {
    kind: 'rbd',
    name,
    monitors,
    ...(snapshot !== undefined && { snapshot }),
    ...(user !== undefined && { user }),
    ...(configFile !== undefined && { configFile }),
  };
}

/** Writes a <disk>. Without a backend there is no driver name, and the toolstack chooses one as for xl. */
export function writeDisk(disk: Disk): XmlTree {
  const { source, backend } = disk;
  const type = source?.kind === 'rbd' ? 'network' : (source?.kind ?? 'file');
  return element('disk', { type, device: disk.device }, [
    element('driver', { name: backend && driverOf[backend], type: disk.format }),
    source && writeSource(source),
    element('target', { dev: disk.target, bus: disk.bus === 'paravirtual' ? 'xen' : disk.bus }),
    disk.readonly || disk.device === 'cdrom' ? element('readonly') : undefined,
    disk.backendDomain === undefined ? undefined : element('backenddomain', { name: disk.backendDomain }),
  ]);
}

/** The name that libvirt's documentation uses for a user's secret; the administrator has to define it. */
const secretOf = (user: string): string => `client.${user}`;

function writeSource(source: DiskSource): XmlTree {
  switch (source.kind) {
    case 'file':
      return element('source', { file: source.path });
    case 'block':
      return element('source', { dev: source.path });
    case 'volume':
      return element('source', { pool: source.pool, volume: source.volume });
    case 'network': {
      const { protocol, name, query, server } = source;
      const host =
        'socket' in server
          ? { transport: 'unix', socket: server.socket }
          : { name: server.host, port: server.port };
      const path = name !== undefined && absolutePaths.includes(protocol) ? `/${name}` : name;
      return element('source', { protocol, name: path, query }, [element('host', host)]);
    }
    case 'rbd':
      return element('source', { protocol: 'rbd', name: source.name }, [
        ...source.monitors.map(({ host, port }) => element('host', { name: host, port })),
        source.snapshot === undefined ? undefined : element('snapshot', { name: source.snapshot }),
        source.configFile === undefined ? undefined : element('config', { file: source.configFile }),
        source.user === undefined
          ? undefined
          : element('auth', { username: source.user }, [
              element('secret', { type: 'ceph', usage: secretOf(source.user) }),
            ]),
      ]);
  }
}

/** Reports what libvirt cannot express of a disk. */
function checkDisk(disk: Disk, report: Report): void {
  const { source } = disk;
  if (source?.kind === 'rbd' && source.user !== undefined) {
    report.add(
      'disk-secret',
      `libvirt requires a secret for the key of Ceph user '${source.user}'; assumed usage: ${secretOf(source.user)}`,
      originOf(disk),
      'define it with virsh secret-define and secret-set-value',
    );
  }
  if (source?.kind === 'network') {
    const message = `disk '${disk.target}': libvirt's Xen driver rejects network disks of protocol '${source.protocol}'`;
    report.add(
      'disk-network',
      message,
      originOf(disk, 'source') ?? originOf(disk),
      'start the guest with xl',
    );
  }
  const path = pathOf(source);
  const isScript = disk.xlParameters?.some((parameter) => parameter.startsWith('script=')) ?? false;
  if (path && !path.startsWith('/') && !isScript) {
    const message = `libvirt cannot express a disk target that is not a path: '${path}'`;
    report.add('device-unsupported', message, originOf(disk));
  }
  const beyond = disk.xlParameters?.filter((parameter) => !parameter.startsWith('target='));
  reportXlOnly(`disk '${disk.target}'`, beyond, originOf(disk), report);
  const place = originOf(disk, 'source');
  checkSchema('the path of a disk', path, isScript ? absolutePath : filePath, place, report);
  if (source?.kind !== 'rbd') return;
  for (const { host } of source.monitors) checkSchema('a monitor', host, addrIPorName, place, report);
}

/** A preserved `target=` is the last parameter, and may have commas. */
function joinTarget(parameters: readonly string[]): readonly string[] {
  const at = parameters.findIndex((parameter) => parameter.startsWith('target='));
  return at < 0 ? parameters : [...parameters.slice(0, at), parameters.slice(at).join(',')];
}

function isEmptyDrive(disk: XmlElement): boolean {
  if (disk.peek('device') !== 'cdrom') return false;
  const drive = readDisk(disk, new Report());
  return drive !== undefined && !drive.source;
}

/** A floppy drive stays unread. */
export const disks: XmlDescriptor<'disks'> = {
  field: 'disks',
  parent: 'devices',
  read: (reader) =>
    reader.readEach(
      reader.all('disk').filter((disk) => disk.peek('device') !== 'floppy'),
      (element, report) => {
        const disk = readDisk(element, report, reader.options);
        const xlParameters = disk && reader.preserved.parameters('disk', 'target', disk.target);
        return xlParameters ? derive(disk, { xlParameters: joinTarget(xlParameters) }) : disk;
      },
    ),
  check: ({ disks }, report) => {
    for (const disk of disks) checkDisk(disk, report);
  },
  write: ({ disks }) => disks.map(writeDisk),
  preserve: ({ disks }) =>
    disks.map(({ target, xlParameters }) => textElement('v2x:disk', xlParameters?.join(','), { target })),
  unsupported: [
    ['devices/disk/backingStore', 'implied', 'the backing chain is read from the image'],
    ['devices/disk/@model', 'implied', "it selects a variant of KVM's virtio device"],
    ['devices/disk/source/host', 'unsupported', 'the URL of an image names one server'],
    ['devices/disk/source/@index', 'implied', 'it is an index of a running domain'],
    ['devices/disk', 'unsupported', 'xl has no floppy drives'],
    ['devices/disk/target/@bus', 'unsupported', "xl derives the bus from the disk's name", 'replaced'],
    ['devices/disk/serial', 'unsupported', 'Xen disks have no serial number'],
    ['devices/disk/driver/@*', 'unsupported', 'xl leaves this to the backend'],
    ['devices/disk/@snapshot', 'unsupported', 'xl does not create snapshots'],
    [
      'devices/disk/source/@startupPolicy',
      'unsupported',
      'xl does not start a domain without the specified medium',
    ],
  ],
  adapt: [
    {
      path: 'devices/disk',
      driver: 'rejects',
      when: (disk, guest) => guest !== 'hvm' && isEmptyDrive(disk),
      because: ['unsupported', emptyDriveReason],
    },
  ],
};
