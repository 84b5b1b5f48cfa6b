/** Sound cards of an HVM guest that both libvirt's Xen driver and Xen's QEMU support, by libvirt's names. */
export const soundModels = ['ich6', 'ac97', 'es1370', 'sb16'] as const;

export interface Sound {
  readonly model: (typeof soundModels)[number];
  /** The name that the document has for it, if it is another (profile `libvirt` only). */
  readonly name?: string;
}

const nearest: ReadonlyMap<string, Sound['model']> = new Map([
  ['ich7', 'ich6'],
  ['ich9', 'ich6'],
]);

/** What Xen's nearest card is, where there is one: Intel's HD Audio is one thing to a guest's driver. */
export const nearestSound = (name: string): Sound['model'] | undefined => nearest.get(name);
