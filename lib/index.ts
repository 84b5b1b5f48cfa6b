/**
 * virt2xen as a library: pure functions between libvirt's domain XML, Xen's xl.cfg and a neutral
 * model of a domain. docs/library.md has examples.
 */
export {
  adapt,
  applyEdits,
  type AdaptOptions,
  type AdaptResult,
  type Edit,
  type GuestKind,
  type Hypervisor,
} from './adapt/adapt.js';
export {
  convert,
  formatDomainXml,
  formatXlConfig,
  parseDomainXml,
  parseXlConfig,
  type ConvertOptions,
  type ConvertResult,
  type Format,
  type FormatResult,
  type ParseResult,
} from './convert.js';
export { codes, type Code, type Severity } from './diagnostics/codes.js';
export type { Diagnostic, Remedy } from './diagnostics/diagnostic.js';
export { renderDiagnostics, type RenderOptions } from './diagnostics/render.js';
export { LineIndex, type Position, type Span } from './diagnostics/span.js';
export type * from './model/domain.js';
export { architectures, type Architecture } from './model/architecture.js';
export { nothingPreserved } from './model/preserved.js';
export {
  defaultLimit,
  libvirtVersions,
  profiles,
  xenVersions,
  type FormatOptions,
  type HostOptions,
  type HvmDefaults,
  type LibvirtVersion,
  type Profile,
  type XenVersion,
} from './document/options.js';
export { transportOptions, type TransportOption } from './document/transport.js';
