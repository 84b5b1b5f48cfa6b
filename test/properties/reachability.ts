/**
 * Who can access a guest's displays, with the defaults of libvirt and xl, read from the text without the readers
 * of lib/: a conversion must never give more access. Sources: domain_postparse.c and docs/formatdomain of libvirt,
 * libxl_create.c and libxl_dm.c of Xen.
 */
import { parseXml } from '../../lib/libvirt/xml/parse.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import type { XmlElement } from '../../lib/libvirt/xml/element.js';

export interface Access {
  readonly kind: 'vnc' | 'spice';
  /** `none`: no TCP port; `local`: loopback; `all`: every address. */
  readonly address: string;
  /** Absent: everyone has access. */
  readonly password?: string;
  /** The password is valid for some time only, or plain connections are rejected. */
  readonly limited: boolean;
}

const classOf = (address: string): string =>
  address === '127.0.0.1' || address === '::1'
    ? 'local'
    : ['0.0.0.0', '::', ''].includes(address)
      ? 'all'
      : address;

const rank = (address: string): number => ({ none: 0, local: 1, all: 3 })[address] ?? 2;

/** Whether everyone with access `a` has access `b`. */
const isWithin = (a: Access, b: Access): boolean =>
  a.kind === b.kind &&
  (rank(a.address) < rank(b.address) || a.address === b.address) &&
  (a.password === b.password || (a.password !== undefined && b.password === undefined)) &&
  (a.limited || !b.limited);

/** Whether each access afterwards is within one before. */
export const isNoMoreReachable = (after: readonly Access[], before: readonly Access[]): boolean =>
  after.every((access) => access.address === 'none' || before.some((other) => isWithin(access, other)));

/** The access to the displays of a domain XML; libvirt's drivers differ in the listen types. */
export function accessOfXml(xml: string, hypervisor: 'kvm' | 'xen'): readonly Access[] {
  const root = parseXml(xml, new Report());
  const devices = root?.children.find(({ name }) => name === 'devices')?.children ?? [];
  return devices.flatMap((device) => {
    const kind = device.peek('type');
    if (device.name !== 'graphics' || (kind !== 'vnc' && kind !== 'spice')) return [];
    const password = device.peek('passwd');
    // With an empty password, libvirt's QEMU driver gives access to no one; libxl, to everyone.
    if (password === '' && hypervisor === 'kvm') return [{ kind, address: 'none', limited: true }];
    const isSecure =
      device.peek('defaultMode') === 'secure' ||
      device.children.some((child) => child.peek('mode') === 'secure');
    const isTlsOnly =
      kind === 'spice' && device.peek('autoport') !== 'yes' && ['', '0'].includes(device.peek('port') ?? '');
    const expires = password !== undefined && device.peek('passwdValidTo') !== undefined;
    return [
      {
        kind,
        address: addressOf(device, hypervisor),
        ...(password && { password }),
        limited: isTlsOnly || (hypervisor === 'kvm' && (expires || isSecure)),
      },
    ];
  });
}

function addressOf(graphics: XmlElement, hypervisor: 'kvm' | 'xen'): string {
  const listen = graphics.children.find(({ name }) => name === 'listen');
  const address = classOf(graphics.peek('listen') || listen?.peek('address') || '127.0.0.1');
  if (hypervisor === 'xen') return address;
  const type = listen?.peek('type');
  if (type === 'none' || type === 'socket') return 'none';
  if (graphics.peek('socket') !== undefined && !listen) return 'none';
  if (type === 'network') return 'a network';
  const ports = ['port', 'tlsPort'].map((name) => graphics.peek(name) ?? '0');
  const isClosed =
    graphics.peek('type') === 'spice' &&
    graphics.peek('autoport') !== 'yes' &&
    ports.every((port) => port === '0' || port === '');
  return isClosed ? 'none' : address;
}

/** The access to the displays of an xl.cfg with one setting per line. */
export function accessOfXl(config: string): readonly Access[] {
  const settings = new Map(
    [...config.matchAll(/^(\w+) *= *(.*)$/gm)].map(([, key = '', value = '']) => [
      key,
      value.replace(/^"(.*)"$/, '$1'),
    ]),
  );
  const isHvm = config.includes('"hvm"');
  const framebuffer = /"([^"]*)"/.exec(settings.get('vfb') ?? '')?.[1];
  const vfb =
    framebuffer === undefined
      ? undefined
      : new Map(framebuffer.split(',').map((part) => part.split('=', 2) as [string, string]));
  const vnc = isHvm ? settings : vfb;
  const on = (from: ReadonlyMap<string, string>, key: string, normally: boolean): boolean =>
    from.has(key) ? from.get(key) !== '0' : normally;
  const hasPassword = (password: string | undefined): { password?: string } => (password ? { password } : {});
  const access: Access[] = [];
  if (vnc && on(vnc, 'vnc', true)) {
    const listen = (vnc.get('vnclisten') ?? '127.0.0.1').replace(/^\[(.*)\]:\d+$|^([^:]*):\d+$/, '$1$2');
    access.push({
      kind: 'vnc',
      address: listen.startsWith('unix:') ? 'none' : classOf(listen),
      ...hasPassword(vnc.get('vncpasswd')),
      limited: false,
    });
  }
  if (isHvm && on(settings, 'spice', false)) {
    const password = on(settings, 'spicedisable_ticketing', false) ? undefined : settings.get('spicepasswd');
    const isTlsOnly = (settings.get('spiceport') ?? '0') === '0';
    access.push({
      kind: 'spice',
      address: classOf(settings.get('spicehost') ?? ''),
      ...hasPassword(password),
      limited: isTlsOnly,
    });
  }
  return access;
}
