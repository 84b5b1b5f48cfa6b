import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { isLimit, type Xenbus } from '../model/xenbus.js';

export function checkXenbus(xenbus: Xenbus | undefined, report: Report): void {
  for (const limit of [xenbus?.maxEventChannels, xenbus?.maxGrantFrames]) {
    if (limit === undefined || isLimit(limit)) continue;
    const message = `${limit} is not a valid limit of event channels or grant frames`;
    report.add('value-invalid', message, originOf(xenbus));
  }
}
