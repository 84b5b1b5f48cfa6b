import type { Report } from '../diagnostics/diagnostic.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { attachHint, networkProtocols, type DiskSource, type NetworkImage } from '../model/disk.js';
import type { HostPort } from '../model/host-port.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** libxl_conf.c: libxlMakeNetworkDiskSrc knows Ceph alone. */
export const driverRejects = ({ protocol }: NetworkImage): string =>
  `libvirt's Xen driver rejects network disks of protocol '${protocol}'`;

/** @returns nothing if a drive is empty; 'unknown' if xl has no such source, which was reported */
export function readSource(
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
  report.add('device-unsupported', `xl has no ${what}`, where, attachHint);
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
    report.add('device-unsupported', message, place.tagSpan, attachHint);
    return 'unknown';
  };
  const needed = [...source.children, ...disk.children].find(({ name }) => beyondUrl.includes(name));
  if (needed) {
    // NFS requires an <identity>: what cannot be expressed is the protocol.
    const place = needed.name === 'identity' ? source : needed;
    return refuse(`xl.cfg cannot express <${needed.name}> of a network disk`, place);
  }
  if (source.peek('tls') === 'yes') return refuse('xl.cfg cannot express TLS of a network disk', source);
  source.attribute('tls');
  const server = readServer(source);
  if (!server) return refuse(`the ${protocol} disk has no server that a URL can name`, source);
  const given = source.attribute('name') ?? '';
  if (absolutePaths.includes(protocol) && !given.startsWith('/'))
    return refuse(`the path of a ${protocol} disk is not absolute, and a URL has no other`, source);
  const name = nameOfImage(protocol, given);
  const query = source.attribute('query');
  return omitUndefined({
    kind: 'network',
    protocol,
    name: name || undefined,
    server,
    query,
  });
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
  return omitUndefined({ host: name, port });
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
    auth.peekChild('secret')?.markAllRead();
    report.add(
      'disk-secret',
      `the key of Ceph user '${user}' is a libvirt secret, which xl.cfg cannot refer to`,
      auth.tagSpan,
      `put the key into the keyring of client.${user} in dom0`,
    );
  }
  const monitors = source.all('host').flatMap((host): readonly HostPort[] => {
    const [address, port] = [host.attribute('name'), host.attribute('port')];
    if (host.peek('transport') === 'tcp') host.attribute('transport');
    return address === undefined ? [] : [omitUndefined({ host: address, port })];
  });
  return omitUndefined({
    kind: 'rbd',
    name,
    monitors,
    snapshot,
    user,
    configFile,
  });
}

/** The name that libvirt's documentation uses for a user's secret; the administrator has to define it. */
export const secretOf = (user: string): string => `client.${user}`;

/** Writes a <source>. */
export function writeSource(source: DiskSource): XmlTree {
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
