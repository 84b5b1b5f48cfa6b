import { numberOf, objectOf, textOf, type JsonObject } from '../qmp/json.js';

/** A release of QEMU. */
export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** What the distribution calls its build, such as `Debian 1:7.2+dfsg-7`; may be empty. */
  readonly package: string;
}

/** Reads VersionInfo of qapi/control.json, which is in the greeting and what query-version returns. */
export function readQemuVersion(version: JsonObject): QemuVersion {
  const { major, minor, micro } = objectOf(version['qemu']);
  return {
    major: numberOf(major),
    minor: numberOf(minor),
    micro: numberOf(micro),
    package: textOf(version['package']),
  };
}

/** Finds the release in what `--version` prints: `QEMU emulator version 7.2.22 (Debian ...)`. */
export function parseQemuVersion(text: string): QemuVersion | undefined {
  const match = /^QEMU emulator version (\d+)\.(\d+)(?:\.(\d+))?[^\n(]*(?:\(([^\n]*)\))?\s*$/m.exec(text);
  if (!match) return undefined;
  const [, major, minor, micro = '0', name = ''] = match;
  return { major: Number(major), minor: Number(minor), micro: Number(micro), package: name };
}

/** Whether a release is a given one, or newer. */
export const isAtLeast = (version: QemuVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

export const formatQemuVersion = ({ major, minor, micro }: QemuVersion): string =>
  `${major}.${minor}.${micro}`;
