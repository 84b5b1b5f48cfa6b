/** A device of the host that the guest has to itself. */
export type Hostdev = PciHostdev | UsbHostdev;

export interface PciHostdev {
  readonly kind: 'pci';
  /** Where it is, or the name that it was given when it was made assignable (xl only). */
  readonly source: PciAddress | PciName;
  /** The guest may write all of the device's configuration space, not the safe parts alone. Absent: it may not. */
  readonly permissive?: boolean;
  /** The toolstack itself takes the device from the host's driver: libvirt's `managed`, xl's `seize`. */
  readonly managed: boolean;
  /** Parameters that only xl knows, as it writes them: `vslot=8`, `rdm_policy=relaxed`. */
  readonly xlParameters?: readonly string[];
}

/** DDDD:BB:SS.F as lspci(8) shows it. */
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
  /** Both as lsusb(8) shows them. */
  readonly bus: number;
  readonly device: number;
  /** Parameters that only xl knows: `controller=0`, `port=2`. */
  readonly xlParameters?: readonly string[];
}

/** The highest number of each part of a PCI address (libxlu_pci.c). */
export const maximumPciAddress = { domain: 0xffff, bus: 0xff, slot: 0x1f, function: 7 } as const;

/** libxl counts USB buses and the devices on them in a byte each; neither begins at 0. */
export const maximumUsbNumber = 255;

/** A number of a PCI address in hexadecimal, with as many digits as lspci(8) gives it. */
export const pciDigits = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** An address as lspci(8) shows it, `*` for every function. */
export function pciAddressText(address: PciAddress): string {
  const { domain, bus, slot } = address;
  const last = address.function === 'all' ? '*' : address.function.toString(16);
  return `${pciDigits(domain, 4)}:${pciDigits(bus, 2)}:${pciDigits(slot, 2)}.${last}`;
}
