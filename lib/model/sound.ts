/** Sound cards of an HVM guest that both libvirt's Xen driver and Xen's QEMU support, by libvirt's names. */
export const soundModels = ['ich6', 'ac97', 'es1370', 'sb16'] as const;

export interface Sound {
  readonly model: (typeof soundModels)[number];
}
