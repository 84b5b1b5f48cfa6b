/** A release of QEMU. */
export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** The distribution's name for its build, such as `Debian 1:7.2+dfsg-7`; can be empty. */
  readonly package: string;
}

/** That of Debian 12. Its options are valid up to QEMU 10.0, that of Debian 13; what is written for no certain QEMU has them. */
export const oldestQemu: QemuVersion = { major: 7, minor: 2, micro: 0, package: '' };

/** Parses the release from the output of `--version`: `QEMU emulator version 7.2.22 (Debian ...)`. */
export function parseQemuVersion(text: string): QemuVersion | undefined {
  const match = /^QEMU emulator version (\d+)\.(\d+)(?:\.(\d+))?[^\n(]*(?:\(([^\n]*)\))?\s*$/m.exec(text);
  if (!match) return undefined;
  const [, major, minor, micro = '0', name = ''] = match;
  return { major: Number(major), minor: Number(minor), micro: Number(micro), package: name };
}

/** Whether a release is a given one, or later. */
export const isAtLeast = (version: QemuVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

export const formatQemuVersion = ({ major, minor, micro }: QemuVersion): string =>
  `${major}.${minor}.${micro}`;
