/** A way for a USB device of the SPICE client's machine into an HVM guest. */
export interface Redirection {
  readonly bus: 'usb';
}

/** xl.cfg(5), `spiceusbredirection`. */
export const maximumRedirections = 4;
