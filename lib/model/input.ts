/** A USB input device of an HVM guest. PS/2 and Xen's own mouse and keyboard always exist and are not listed. */
export interface Input {
  readonly type: 'tablet' | 'mouse' | 'keyboard';
  readonly bus: 'usb';
}
