/**
 * The architectures of Xen's guests, by libvirt's names (libxl_capabilities.c reads them from Xen's list,
 * "xen-3.0-aarch64 hvm-3.0-x86_64" and so on). Of those that libvirt's driver supports, Xen has dropped ia64 and
 * has no toolstack for powerpc64.
 */
export const architectures = ['x86_64', 'i686', 'aarch64', 'armv7l'] as const;
export type Architecture = (typeof architectures)[number];

/** The architecture if a document specifies none. */
export const defaultArchitecture = 'x86_64' satisfies Architecture;

const isSupported = (name: string): name is Architecture => architectures.some((known) => known === name);

/**
 * The architecture of a name; without a name, that of x86.
 * @returns the reason, for a message, if Xen does not support it
 */
export function supportedArchitecture(name: string | undefined): Architecture | { readonly reason: string } {
  if (name === undefined) return defaultArchitecture;
  if (isSupported(name)) return name;
  return { reason: `Xen has no guests of architecture '${name}', only of ${architectures.join(', ')}` };
}

/**
 * Whether every guest is what xl calls PVH: on Arm libxl has no other kind, and creates a PV guest as one
 * (libxl_arm.c: libxl__arch_domain_create_info_setdefault).
 */
export const isArm = (architecture: Architecture | undefined): boolean =>
  architecture === 'aarch64' || architecture === 'armv7l';

/** Why an HVM guest on Arm is rejected, in either format. */
export const noHvmOnArm = 'Xen on Arm runs PVH guests only, not HVM';
