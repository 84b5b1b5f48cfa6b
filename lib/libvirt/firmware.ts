import type { Report } from '../diagnostics/diagnostic.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isHvmloader, type HvmOs } from '../model/os.js';
import type { XmlElement } from './xml/element.js';

/** The paths of hvmloader in distributions, and its name alone. */
const usualPath = /^(?:\/usr\/(?:local\/)?lib(?:64|exec)?\/xen[^/]*\/boot\/)?hvmloader$/;

/** The files of SeaBIOS in QEMU's packages, which hvmloader contains. */
const seabios = /(?:^|\/)(?:bios|bios-256k|seabios|seabios-256k)\.bin$/;

/** Whether Xen gives an HVM guest the firmware of a ROM image anyway: hvmloader, and in it SeaBIOS. */
export const isXensRom = (path: string): boolean => isHvmloader(path) || seabios.test(path);

export const ownBios = "KVM's SeaBIOS replaced: Xen's hvmloader contains its own";

/** The default path of the firmware; libvirt requires a path in the XML. */
export const ovmfPath = '/usr/lib/xen/boot/ovmf.bin';

/**
 * A flash image is OVMF; a ROM is hvmloader, which every HVM guest has. The path of the image is used only if the
 * domain was for Xen: KVM's OVMF does not support Xen.
 */
export function readFirmware(
  os: XmlElement | undefined,
  kvm: boolean,
  report: Report,
): Pick<HvmOs, 'firmware'> {
  const chosen = os?.attribute('firmware');
  const loader = os?.child('loader');
  const type = loader?.attribute('type');
  // Any ROM other than Xen's own stays unread.
  const isRead = type === 'pflash' || isXensRom(loader?.content.trim() ?? '');
  const path = isRead ? loader?.text() : undefined;
  for (const name of ['readonly', 'format']) loader?.attribute(name);
  refuseSecureBoot(os, loader, report);
  if (type === 'pflash' && loader && !path) {
    report.add('value-missing', 'the <loader> of type pflash has no path', loader.tagSpan);
  }
  if (chosen !== 'efi' && type !== 'pflash') {
    if (path !== undefined) reportRom(path, loader, report);
    return {};
  }
  if (kvm && loader && path) {
    report.add('converted', "KVM's firmware replaced: Xen uses its own OVMF", loader.tagSpan);
  }
  return {
    firmware: omitUndefined({ kind: 'ovmf', path: path && path !== ovmfPath && !kvm ? path : undefined }),
  };
}

/** libvirt's Xen driver does not pass the path of a ROM to libxl (libxl_conf.c: libxlMakeDomBuildInfo). */
function reportRom(path: string, loader: XmlElement | undefined, report: Report): void {
  if (seabios.test(path)) report.add('converted', ownBios, loader?.tagSpan);
  else if (!usualPath.test(path)) {
    const message = `path '${path}' of <loader> omitted: an HVM guest boots with the hvmloader of its Xen`;
    report.add('implied', message, loader?.textSpan);
  }
}

/**
 * Without secure boot, a guest that requires it would start without an error message. For `convert` and `adapt`; the
 * parts are marked as read.
 */
export function refuseSecureBoot(
  os: XmlElement | undefined,
  loader: XmlElement | undefined,
  report: Report,
): void {
  const message = 'Xen has no secure boot';
  const firmware = os?.peekChild('firmware');
  const isFeature = firmware?.children.some(
    (feature) => feature.peek('name') === 'secure-boot' && feature.peek('enabled') === 'yes',
  );
  const steps = [
    ...(loader?.peek('secure') === 'yes' ? ["secure='no' of <loader>"] : []),
    ...(isFeature ? ["enabled='no' of <feature name='secure-boot'>"] : []),
  ];
  const hint = `to disable it, write ${steps.join(' and ')}`;
  if (loader?.attribute('secure') === 'yes') {
    report.add('device-unsupported', message, loader.attributeSpan('secure'), hint);
  }
  for (const feature of firmware?.markRead().children ?? []) {
    if (feature.name !== 'feature' || feature.peek('name') !== 'secure-boot') continue;
    feature.markAllRead();
    if (feature.peek('enabled') !== 'yes' || loader?.peek('secure') === 'yes') continue;
    report.add('device-unsupported', message, feature.tagSpan, hint);
  }
}
