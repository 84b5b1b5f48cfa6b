import { withOrigin } from '../diagnostics/origin.js';
import type { Report } from '../diagnostics/diagnostic.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { defaultVideoMemoryMiB, type Video } from '../model/graphics.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Models of Xen's device model; libvirt's Xen driver uses `xen` for the standard VGA of an HVM guest. */
const models: Readonly<Record<string, Video['model']>> = {
  cirrus: 'cirrus',
  vga: 'stdvga',
  xen: 'stdvga',
  qxl: 'qxl',
  none: 'none',
};
/** libvirt's names of these models. */
export const adapterNames: Readonly<Record<Video['model'], string>> = {
  cirrus: 'cirrus',
  stdvga: 'vga',
  qxl: 'qxl',
  none: 'none',
};

/** Reads the <video> of an HVM guest. An unsupported model is converted to standard VGA, as is QXL without SPICE. */
export function readVideo(
  video: XmlElement,
  guest: { readonly kvm: boolean; readonly spice: boolean },
  report: Report,
): Video {
  const model = video.child('model');
  const type = model?.attribute('type') ?? 'cirrus';
  const known = Object.hasOwn(models, type) ? models[type] : undefined;
  const chosen = known === undefined || (known === 'qxl' && guest.kvm && !guest.spice) ? 'stdvga' : known;
  if (chosen !== known) report.add('converted', `video '${type}' converted to standard VGA`, video.tagSpan);
  const vram = readVram(model, guest.kvm);
  const least = defaultVideoMemoryMiB[chosen];
  if (vram !== undefined && vram < least) {
    report.add(
      'value-adjusted',
      `libxl gives a ${type} adapter ${least} MiB of vram at least`,
      model?.attributeSpan('vram'),
    );
  }
  const enough = vram !== undefined && vram > least;
  return withOrigin<Video>(
    omitUndefined({ model: chosen, memoryMiB: enough ? vram : undefined }),
    video.tagSpan,
  );
}

/** KVM's sizes are for KVM's adapters; Xen's driver reads only `vram`. */
function readVram(model: XmlElement | undefined, kvm: boolean): number | undefined {
  const attributes = new Map(model?.attributes);
  if (attributes.get('heads') === '1') model?.attribute('heads');
  model?.attribute('primary');
  const kib = kvm ? undefined : model?.attribute('vram');
  return kib !== undefined && /^[0-9]{1,9}$/.test(kib) ? Math.ceil(Number(kib) / 1024) : undefined;
}

export function writeVideo(video: Video): XmlTree {
  const vram = video.memoryMiB === undefined ? undefined : video.memoryMiB * 1024;
  return element('video', {}, [element('model', { type: adapterNames[video.model], vram })]);
}

/** Reads the first <video>; for the framebuffer of a PV guest, libvirt adds one itself. */
export const video: XmlDescriptor<'video'> = {
  field: 'video',
  parent: 'devices',
  read: (reader) => {
    const [video] = reader.all('video');
    if (!video) return undefined;
    if (reader.os.type === 'hvm') {
      const spice = reader.field('graphics').some(({ kind }) => kind === 'spice');
      return readVideo(video.markRead(), { kvm: reader.kvm, spice }, reader.report);
    }
    const model = video.peekChild('model');
    const type = model?.peek('type') ?? '';
    if (['xen', 'vga', 'cirrus'].includes(type)) video.markAllRead();
    if (type === 'vga' || type === 'cirrus')
      reader.report.add('implied', `video '${type}' omitted: a PV guest has a framebuffer`, video.tagSpan);
    return undefined;
  },
  write: (domain) => [domain.video && writeVideo(domain.video)],
  unsupported: [
    ['devices/video', 'unsupported', 'xl supports one video adapter, in HVM guests only', 'replaced'],
    ['devices/video/model/acceleration', 'unsupported', "Xen's adapters do not accelerate graphics"],
    ['devices/video/model/@heads', 'unsupported', "Xen's adapters have one head"],
    ['devices/video/model/@*', 'implied', "the size is of KVM's video adapters"],
  ],
};
