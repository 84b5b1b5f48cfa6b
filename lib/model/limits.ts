/**
 * The maximum length of a Unix socket path: sun_path is 108 bytes with its NUL (unix(7)); QEMU rejects longer
 * paths.
 */
export const maximumSocketPathBytes = 107;

/**
 * The channels of a domain that a Linux guest can use: it has terminals for 8 consoles, of which 0 is the
 * primary one, and reads one digit of the number (hvc_xen.c).
 */
export const maximumChannels = 7;
