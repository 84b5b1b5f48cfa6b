/** A paravirtual USB controller, served by QEMU: PVUSB. The device model adds the others automatically. */
export interface UsbController {
  /** 1: USB 1.1, 2: USB 2.0; absent: the toolstack's default, whichever kind that is (profile `libvirt` only). */
  readonly version?: 1 | 2;
  /** Absent: the toolstack's default, 8. */
  readonly ports?: number;
}

/** xl.cfg(5), `usbctrl`. */
export const maximumUsbPorts = 31;
