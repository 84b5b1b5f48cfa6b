import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { defaultVideoMemoryMiB, type Video } from '../model/graphics.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const video: XlDescriptor<'video'> = {
  field: 'video',
  keys: { vga: 'devices/video', videoram: 'devices/video/model/@vram' },
  alsoRead: { stdvga: 'devices/video' },
  read: ({ xl, field, report }) => readVideo(xl, field('os'), report),
  write: (value, { out, domain }) => {
    if (domain.os.type === 'hvm') writeVideo(value, out);
  },
};

const vgaModels = ['stdvga', 'cirrus', 'qxl', 'none'] as const;

/** The adapter of an HVM guest: `vga`, else the older `stdvga`, and `videoram`. */
function readVideo(xl: XlReader, os: Os, report: Report): Video | undefined {
  if (os.type !== 'hvm') return undefined;
  const [named, memory, older] = [xl.string('vga'), xl.integer('videoram')?.value, xl.boolean('stdvga')];
  const model = named ? vgaModels.find((vga) => vga === named.value) : older ? 'stdvga' : undefined;
  if (named && !model)
    report.add(
      'value-invalid',
      `unknown vga '${named.value}'`,
      named.span,
      `use one of ${vgaModels.join(', ')}`,
    );
  if (model === undefined && memory === undefined) return undefined;
  const adapter = model ?? 'cirrus';
  const least = defaultVideoMemoryMiB[adapter];
  if (memory !== undefined && memory < least) {
    report.add(
      'value-adjusted',
      `libxl rejects less than ${least} MiB for ${adapter}`,
      xl.keySpan('videoram'),
    );
  }
  const isMore = memory !== undefined && memory > least;
  return omitUndefined({ model: adapter, memoryMiB: isMore ? memory : undefined });
}

/** Cirrus is xl's default. */
function writeVideo(video: Video, out: XlOutput): void {
  if (video.model !== 'cirrus') out.set('vga', video.model, originOf(video));
  out.set('videoram', video.memoryMiB, originOf(video));
}
