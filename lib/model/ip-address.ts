const octet = '(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const group = /^[0-9a-fA-F]{1,4}$/;

export const isIpv4 = (text: string): boolean => ipv4.test(text);

/**
 * Eight groups, or fewer around one `::`. An IPv4 address at the end counts as two; as in libvirt's schema
 * (basictypes.rng), there are then no groups after the `::`.
 */
export function isIpv6(text: string): boolean {
  const [before = '', after, third] = text.split('::');
  if (third !== undefined) return false;
  const groups = [before, after ?? ''].flatMap((part) => (part === '' ? [] : part.split(':')));
  const last = groups.at(-1) ?? '';
  const hasIpv4 = isIpv4(last);
  if (hasIpv4) groups.splice(-1, 1, '0', '0');
  if (!groups.every((part) => group.test(part))) return false;
  if (hasIpv4 && after !== undefined && before !== '' && after !== last) return false;
  return after === undefined ? groups.length === 8 : groups.length < 8;
}

/** An address without the zone of a link-local one: `fe80::1%eth0`. */
export const withoutZone = (address: string): string => address.replace(/%[-.\w]+$/, '');
