import type { XmlElement } from './xml/element.js';

/*
 * Access to a display. Xen's displays listen on a TCP port of an address, with a password that does not expire, or
 * none. A display that libvirt makes less accessible than that is omitted, so that no conversion makes a guest more
 * reachable than it was. convert and adapt use the same rule.
 */

/** Why Xen would make a display more accessible than the document does; undefined if it would not. */
export function widerAccess(graphics: XmlElement): string | undefined {
  if (graphics.peek('type') !== 'vnc' && graphics.peek('type') !== 'spice') return undefined;
  const listen = graphics.peekChild('listen')?.peek('type');
  if (expires(graphics)) {
    return 'its password expires (passwdValidTo), and on Xen it would be valid for ever';
  }
  if (listen === 'none' || (listen !== 'socket' && isWithoutPort(graphics))) {
    return 'it opens no port, and on Xen it would listen on one';
  }
  if (listen === 'socket' || (listen === undefined && graphics.peek('socket') !== undefined)) {
    return 'it listens on a socket that file permissions protect, and on Xen it would listen on a port';
  }
  if ((requiresTls(graphics) || hasTlsPortOnly(graphics)) && !/^[1-9]/.test(graphics.peek('tlsPort') ?? '')) {
    return 'it requires TLS and has no tlsPort of its own, and on Xen it would accept plain connections';
  }
  return undefined;
}

/** Why libvirt's Xen driver would: it ignores which connections require TLS, and treats an empty password as none. */
export function widerAccessOfDriver(graphics: XmlElement): string | undefined {
  if (graphics.peek('passwd') === '') {
    return 'its empty password admits no client, and on Xen it would admit every client';
  }
  if (requiresTls(graphics) && (graphics.peek('autoport') === 'yes' || !isZero(graphics, 'port'))) {
    return "it requires TLS, and libvirt's Xen driver would accept plain connections";
  }
  return widerAccess(graphics);
}

/** Whether the password of a display is valid for some time only. */
export const expires = (graphics: XmlElement): boolean =>
  graphics.peek('passwd') !== undefined && graphics.peek('passwdValidTo') !== undefined;

const isZero = (graphics: XmlElement, name: string): boolean =>
  ['', '0'].includes(graphics.peek(name) ?? '0');

/** SPICE does not listen without a port that is specified or automatic (domain_postparse.c). */
function isWithoutPort(graphics: XmlElement): boolean {
  if (graphics.peek('type') !== 'spice' || graphics.peek('autoport') === 'yes') return false;
  return isZero(graphics, 'port') && isZero(graphics, 'tlsPort');
}

const hasTlsPortOnly = (graphics: XmlElement): boolean =>
  graphics.peek('type') === 'spice' && graphics.peek('autoport') !== 'yes' && isZero(graphics, 'port');

/** Whether SPICE, or one of its channels, requires TLS. */
export const requiresTls = (graphics: XmlElement): boolean =>
  graphics.peek('type') === 'spice' &&
  (graphics.peek('defaultMode') === 'secure' ||
    graphics.children.some((child) => child.name === 'channel' && child.peek('mode') === 'secure'));
