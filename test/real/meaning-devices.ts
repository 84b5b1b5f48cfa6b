/** Devices in libxl's terms: libxl_device_disk, _nic, _channel, _vfb, _vtpm, and QEMU's serial ports. */
import type {
  Connection,
  Disk,
  Domain,
  FormatOptions,
  Interface,
  OpenvswitchPort,
  Serial,
} from '../../lib/index.js';
import { pathOf, type NetworkImage } from '../../lib/model/disk.js';
import { usualScript } from '../../lib/model/interface.js';
import type { Json, JsonObject } from './json.js';
import { sdlOf, vncOf } from './meaning-displays.js';

export const disksOf = (domain: Domain): readonly JsonObject[] => domain.disks.map(diskOf);

function diskOf(disk: Disk): JsonObject {
  const isCdrom = disk.device === 'cdrom';
  return {
    vdev: disk.target,
    pdev_path: targetOf(disk),
    format: disk.source ? disk.format : 'empty',
    backend: backendOf(disk),
    script: scriptOf(disk) ?? null,
    backend_domname: disk.backendDomain ?? null,
    readwrite: disk.readonly ? null : 1,
    removable: isCdrom ? 1 : null,
    is_cdrom: isCdrom ? 1 : null,
  };
}

/** The preserved script, or that of iSCSI for the first LUN of a target at an IP address. */
function scriptOf({ source, xlParameters = [], format }: Disk): string | undefined {
  const preserved = xlParameters.find((text) => text.startsWith('script='));
  if (preserved !== undefined) return preserved.slice('script='.length);
  if (source?.kind !== 'network' || source.protocol !== 'iscsi' || 'socket' in source.server)
    return undefined;
  const isAddress = /^[0-9.]+$|:/.test(source.server.host);
  const isPossible = isAddress && format === 'raw' && /^iqn\.[\w.:-]+\/0$/.test(source.name ?? '');
  return isPossible ? 'block-iscsi' : undefined;
}

/** QEMU opens URLs and Ceph's images; a script makes a block device. */
function backendOf(disk: Disk): string | null {
  if (scriptOf(disk) !== undefined) return disk.backend === 'phy' ? 'phy' : null;
  const kind = disk.source?.kind;
  return kind === 'rbd' || kind === 'network' ? 'qdisk' : (disk.backend ?? null);
}

/** A URL for QEMU, or the target of the iSCSI script. */
function networkTargetOf(disk: Disk, source: NetworkImage): string {
  const { protocol, name = '', server, query } = source;
  const path = encodeURI(name).replaceAll(',', '%2C').replaceAll('=', '%3D');
  if ('socket' in server) return `${protocol}+unix:///${path}?socket=${server.socket}`;
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  const end = host + (server.port === undefined ? '' : `:${server.port}`);
  if (scriptOf(disk) !== undefined) return `iqn=${name.replace(/\/0$/, '')},portal=${end}`;
  return `${protocol}://${end}${name === '' ? '' : '/'}${path}${query === undefined ? '' : `?${query}`}`;
}

/** An IPv6 address in brackets, with its colons escaped. */
const addressOf = (host: string): string => (host.includes(':') ? `[${host.replaceAll(':', '\\:')}]` : host);

/** A path, or an image in the syntax of QEMU's block/rbd.c. */
function targetOf(disk: Disk): string | null {
  const { source, xlParameters = [] } = disk;
  const target = xlParameters.find((text) => text.startsWith('target='));
  if (target !== undefined) return target.slice('target='.length);
  if (source?.kind === 'network') return networkTargetOf(disk, source);
  if (source?.kind !== 'rbd') return pathOf(source) ?? null;
  const { name, snapshot, user, monitors, configFile } = source;
  const preserved = xlParameters.filter((text) => text.startsWith('rbd:')).map((text) => text.slice(4));
  const isSaid = !preserved.some((text) => text.startsWith('auth_supported='));
  const hosts = monitors.map(
    ({ host, port }) => `${addressOf(host)}${port === undefined ? '' : `\\:${port}`}`,
  );
  return [
    `rbd:${name}${snapshot === undefined ? '' : `@${snapshot}`}`,
    ...(user === undefined ? [] : [`id=${user}`]),
    ...preserved.filter((text) => text !== 'auth_supported='),
    ...(isSaid ? [`auth_supported=${user === undefined ? '' : 'cephx\\;'}none`] : []),
    ...(hosts.length === 0 ? [] : [`mon_host=${hosts.join('\\;')}`]),
    ...(configFile === undefined ? [] : [`conf=${configFile}`]),
  ].join(':');
}

export const nicsOf = (domain: Domain, options: FormatOptions): readonly JsonObject[] =>
  domain.interfaces.map((nic, index) => nicOf(nic, index, domain, options));

function nicOf(nic: Interface, index: number, domain: Domain, options: FormatOptions): JsonObject {
  const { source, outboundKBps, model } = nic;
  const isParavirtual = model === 'netfront' && domain.os.type === 'hvm';
  const bridge =
    source.kind === 'bridge'
      ? source.bridge + portOf(source.openvswitch)
      : source.kind === 'network'
        ? (options.networks?.[source.network] ?? source.bridge ?? 'virbr0')
        : null;
  return {
    // xl.cfg(5): devid= of the string
    ...(nic.xlParameters?.some((parameter) => parameter.startsWith('devid=')) ? {} : { devid: index }),
    mac: nic.mac ?? null,
    bridge,
    script: nic.script ?? (bridge === null ? null : usualScript(source)),
    mtu: nic.mtu ?? null,
    backend_domname: nic.backendDomain ?? null,
    ifname: nic.device ?? null,
    ip: nic.addresses.join(' ') || null,
    nictype: isParavirtual ? 'vif' : null,
    ...(nic.xlParameters ? {} : { model: isParavirtual ? null : (model ?? null) }),
    // libxlu_vif.c: per interval of 50 ms; a kilobyte has 1000 bytes
    ...(nic.xlParameters ? {} : { rate_bytes_per_interval: outboundKBps ? outboundKBps * 50 : null }),
  };
}

/** The suffix of the bridge's name, as required by the script vif-openvswitch. */
const portOf = (port?: OpenvswitchPort): string =>
  (port?.vlans ?? []).map((tag) => `${port?.mode === 'trunk' ? ':' : '.'}${tag}`).join('');

/** xl counts devids from 0; xl 4.17 drops the channel with devid 0. */
export function channelsOf(domain: Domain, options: FormatOptions): readonly JsonObject[] {
  const consoles = domain.channels.filter(({ transport }) => transport?.kind !== 'virtio-serial');
  const pads: readonly JsonObject[] =
    options.xen === '4.17' && consoles.length > 0
      ? [{ name: 'virt2xen.pad', 'connection.pty': {}, backend_domname: null }]
      : [];
  const channels = consoles.map(({ name, connection, backendDomain }) => ({
    name,
    backend_domname: backendDomain ?? null,
    ...(connection.kind === 'socket'
      ? { 'connection.socket': { path: connection.path ?? null } }
      : { [`connection.${connection.kind}`]: {} }),
  }));
  return [...pads, ...channels].map((channel, devid) => ({ ...channel, devid }));
}

/** The displays of a PV guest: each is VNC or SDL. */
export function framebuffersOf({ os, graphics }: Domain): readonly JsonObject[] {
  if (os.type === 'hvm') return [];
  return graphics
    .filter((screen) => screen.kind !== 'spice')
    .map((screen, devid) => {
      const isVnc = screen.kind === 'vnc';
      return {
        devid,
        // libxl's default is only VNC.
        vnc: isVnc ? { enable: null, ...vncOf(screen) } : { enable: 'False' },
        sdl: isVnc ? { enable: null } : { enable: 'True', ...sdlOf(screen) },
        keymap: (isVnc && screen.keymap) || null,
      };
    });
}

/** QEMU's `-serial`: one string for only COM1, or a list of at most four with "none" in the gaps. */
export function serialOf(serials: readonly Serial[]): JsonObject {
  const texts: string[] = [];
  for (const { port, connection } of serials) {
    const text = chardevOf(connection);
    if (port < 4 && text !== undefined) texts[port] = text;
  }
  const list = Array.from(texts, (text: string | undefined) => text ?? 'none');
  const single: Json = list.length > 1 ? null : (list[0] ?? 'none');
  return { serial: single, serial_list: list.length > 1 ? list : null };
}

/** qemu(1), `-serial DEV`; undefined if libvirt's Xen driver does not support the port. */
function chardevOf(connection: Connection): string | undefined {
  switch (connection.kind) {
    case 'pty':
    case 'null':
    case 'stdio':
    case 'vc':
      return connection.kind;
    case 'device':
      return connection.path;
    case 'file':
    case 'pipe':
      return `${connection.kind}:${connection.path}`;
    case 'socket':
      return connection.path === undefined
        ? undefined
        : `unix:${connection.path}${connection.mode === 'listen' ? ',server,nowait' : ''}`;
    case 'tcp': {
      const server = connection.mode === 'listen' ? ',server,nowait' : '';
      const { host, service } = connection;
      const end = `${host.includes(':') ? `:${service},host=${host}` : `${host}:${service}`}${server}`;
      return connection.protocol === 'raw'
        ? `tcp:${end}`
        : connection.protocol === 'telnet'
          ? `telnet:${end}`
          : undefined;
    }
    case 'udp':
      return `udp:${endOf(connection.send)}@${endOf(connection.receive)}`;
    default:
      return undefined;
  }
}

const endOf = (end: { readonly host?: string; readonly service?: string } | undefined): string =>
  `${end?.host ?? ''}:${end?.service ?? ''}`;

/** libxl_device_vtpm; without a UUID, xl generates one in each run. */
export const vtpmsOf = ({ vtpms = [] }: Domain): readonly JsonObject[] =>
  vtpms.map(({ backendDomain, uuid }, devid) => ({
    devid,
    backend_domname: backendDomain,
    uuid: uuid ?? null,
  }));
