/** Why a guest of this architecture, by libvirt's name, cannot be converted; nothing if it can. */
export const architectureUnsupportedReason = (arch: string): string | undefined =>
  arch === 'x86_64' || arch === 'i686' ? undefined : `virt2xen supports x86 guests, not ${arch}`;
