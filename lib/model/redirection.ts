/** A channel that redirects a USB device of the SPICE client to an HVM guest. */
export interface Redirection {
  readonly bus: 'usb';
}

/** xl.cfg(5), `spiceusbredirection`. */
export const maximumRedirections = 4;
