import type { XmlRewriter } from './xml-rewriter.js';

/** Offsets that the driver takes (libxl_conf.c: libxlMakeDomBuildInfo). */
const offsets: readonly string[] = ['utc', 'localtime', 'variable'];

/** A clock that Xen does not have starts at UTC, as `convert` has it. */
export function adaptClock(rewriter: XmlRewriter): void {
  const clock = rewriter.at('clock');
  const offset = clock?.peek('offset');
  if (!clock || offset === undefined || offsets.includes(offset)) return;
  rewriter.editor.setAttribute(clock, 'offset', 'utc');
  for (const name of ['timezone', 'start']) rewriter.editor.removeAttribute(clock, name);
  const message = `Xen has no clock offset '${offset}'; the guest's clock starts at UTC`;
  rewriter.report.add('unsupported', message, clock.attributeSpan('offset'));
}
