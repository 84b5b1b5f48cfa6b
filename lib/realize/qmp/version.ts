import type { QemuVersion } from '../../qemu-syntax/version.js';
import type { JsonObject } from '../../language/json.js';
import { numberOf, objectOf, textOf } from './json.js';

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
