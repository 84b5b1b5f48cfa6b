import type { XmlRewriter } from './xml-rewriter.js';

/** Clock offsets that the driver supports (libxl_conf.c: libxlMakeDomBuildInfo). */
const offsets: readonly string[] = ['utc', 'localtime', 'variable'];

/** An offset that Xen does not support is replaced by UTC, as in `convert`. */
export function adaptClock(rewriter: XmlRewriter): void {
  const clock = rewriter.at('clock');
  const offset = clock?.peek('offset');
  if (!clock || offset === undefined || offsets.includes(offset)) return;
  rewriter.editor.setAttribute(clock, 'offset', 'utc');
  for (const name of ['timezone', 'start']) rewriter.editor.removeAttribute(clock, name);
  const message = `Xen has no clock offset '${offset}'; the guest's clock starts at UTC`;
  rewriter.report.add('unsupported', message, clock.attributeSpan('offset'));
}
