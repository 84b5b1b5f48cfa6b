/** A device of the host that is assigned to the guest. */
export type Hostdev = PciHostdev | UsbHostdev;

export interface PciHostdev {
  readonly kind: 'pci';
  /** Its address, or the name that it was given when it was made assignable (xl only). */
  readonly source: PciAddress | PciName;
  /** Whether the guest can write all of the device's configuration space, not only the safe parts (default: no). */
  readonly permissive?: boolean;
  /** Whether the toolstack detaches the device from the host's driver: libvirt's `managed`, xl's `seize`. */
  readonly managed: boolean;
  /** Parameters that only xl has, in its syntax: `vslot=8`, `rdm_policy=relaxed`. */
  readonly xlParameters?: readonly string[];
}

/** DDDD:BB:SS.F, as printed by lspci(8). */
export interface PciAddress {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  /** `all`: every function of the device. */
  readonly function: number | 'all';
}

export interface PciName {
  readonly name: string;
}

export interface UsbHostdev {
  readonly kind: 'usb';
  /** Both as printed by lsusb(8). */
  readonly bus: number;
  readonly device: number;
  /** Parameters that only xl has: `controller=0`, `port=2`. */
  readonly xlParameters?: readonly string[];
}

/** The highest number of each part of a PCI address (libxlu_pci.c). */
export const maximumPciAddress = { domain: 0xffff, bus: 0xff, slot: 0x1f, function: 7 } as const;

/** libxl stores USB buses and device numbers in a byte each; both start at 1. */
export const maximumUsbNumber = 255;

/** A part of a PCI address in hexadecimal, with as many digits as lspci(8) prints. */
export const pciDigits = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** An address as printed by lspci(8), `*` for every function. */
export function pciAddressText(address: PciAddress): string {
  const { domain, bus, slot } = address;
  const last = address.function === 'all' ? '*' : address.function.toString(16);
  return `${pciDigits(domain, 4)}:${pciDigits(bus, 2)}:${pciDigits(slot, 2)}.${last}`;
}
