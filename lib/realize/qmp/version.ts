import { numberOf, objectOf, textOf, type JsonObject } from './json.js';

/** A release of QEMU. */
export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** The distribution's name for its build, such as `Debian 1:7.2+dfsg-7`; can be empty. */
  readonly package: string;
}

/** Parses VersionInfo of qapi/control.json, which is in the greeting and in the result of query-version. */
export function readQemuVersion(version: JsonObject): QemuVersion {
  const { major, minor, micro } = objectOf(version['qemu']);
  return {
    major: numberOf(major),
    minor: numberOf(minor),
    micro: numberOf(micro),
    package: textOf(version['package']),
  };
}
