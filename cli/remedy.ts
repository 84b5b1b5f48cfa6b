import type { Remedy } from '../lib/diagnostics/diagnostic.js';
import { quoteForShell } from '../lib/text/shell.js';

/** How to set an option of convert, check and adapt; RenderOptions.describeRemedy. */
export function convertFlag(remedy: Remedy): string {
  if ('hook' in remedy) return `virt2xen hook install ${remedy.hook}`;
  switch (remedy.option) {
    case 'from':
      return remedy.value === undefined ? '--from libvirt or --from xl' : `--from ${remedy.value}`;
    case 'keep':
      return remedy.value ? '--keep' : '--no-keep omits it';
    case 'limit':
      return '--max-input-size BYTES';
    case 'arch':
      return `--arch ${remedy.value ?? 'ARCH'}`;
    case 'networks':
      return `--network ${quoteForShell(remedy.value)}=BRIDGE`;
    case 'userBridge':
      return '--user-bridge BRIDGE';
    case 'pools':
      return `--pool ${quoteForShell(remedy.value)}=DIR`;
    case 'xen':
      return `--xen ${remedy.value}`;
    case 'transport':
      return `--transport ${remedy.value}`;
    case 'allowUnsaved':
      return '--allow-unsaved';
  }
}

/**
 * How to drop a device; RenderOptions.describeDrop. Names of a document are quoted, so that the command can be
 * pasted safely.
 */
export const dropFlag = (selector: string): string => `--drop ${quoteForShell(selector)} omits it`;

/** The same for attach and plan, which only read a document. */
export function realizeFlag(remedy: Remedy): string | undefined {
  const isReading =
    'option' in remedy && ['from', 'limit', 'transport', 'allowUnsaved'].includes(remedy.option);
  return isReading ? convertFlag(remedy) : undefined;
}
