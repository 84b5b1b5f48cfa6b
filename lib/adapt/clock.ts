import type { Draft } from './draft.js';

/** Offsets that the driver takes (libxl_conf.c: libxlMakeDomBuildInfo). */
const offsets: readonly string[] = ['utc', 'localtime', 'variable'];

/** A clock that Xen does not have starts at UTC, as `convert` has it. */
export function adaptClock(draft: Draft): void {
  const clock = draft.at('clock');
  const offset = clock?.peek('offset');
  if (!clock || offset === undefined || offsets.includes(offset)) return;
  draft.editor.setAttribute(clock, 'offset', 'utc');
  for (const name of ['timezone', 'start']) draft.editor.removeAttribute(clock, name);
  const message = `Xen has no clock offset '${offset}'; the guest's clock starts at UTC`;
  draft.report.add('unsupported', message, clock.attributeSpan('offset'));
}
