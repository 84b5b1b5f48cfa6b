import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isLimit, type Xenbus } from '../model/xenbus.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const xenbus: XlDescriptor<'xenbus'> = {
  field: 'xenbus',
  keys: {
    max_event_channels: 'devices/controller/@maxEventChannels',
    max_grant_frames: 'devices/controller/@maxGrantFrames',
  },
  read: ({ xl, report }) => readXenbus(xl, report),
  write: (value, { out }) => writeXenbus(value, out),
};

/** Reads `max_event_channels`, where 0 is libxl's default, and `max_grant_frames`, where it is not. */
function readXenbus(xl: XlReader, report: Report): Xenbus | undefined {
  const limit = (key: string): number | undefined => {
    const found = xl.integer(key);
    if (!found) return undefined;
    if (isLimit(found.value)) return found.value;
    if (found.value !== 0)
      report.add('value-invalid', `${key}: ${found.value} is not a valid limit`, found.span);
    else if (key === 'max_grant_frames') xl.leave(key);
    return undefined;
  };
  const [maxEventChannels, maxGrantFrames] = [limit('max_event_channels'), limit('max_grant_frames')];
  if (maxEventChannels === undefined && maxGrantFrames === undefined) return undefined;
  return withOrigin<Xenbus>(
    omitUndefined({ maxEventChannels, maxGrantFrames }),
    xl.keySpan('max_event_channels') ?? xl.keySpan('max_grant_frames'),
  );
}

function writeXenbus(xenbus: Xenbus, out: XlOutput): void {
  out.set('max_event_channels', xenbus.maxEventChannels, originOf(xenbus));
  out.set('max_grant_frames', xenbus.maxGrantFrames, originOf(xenbus));
}
