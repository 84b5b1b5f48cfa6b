import type { Severity } from '../../lib/diagnostics/codes.js';
import type { Counts, Finding } from '../exchange.js';
import { button, byId, element } from './dom.js';

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** Rows of the list at a time. */
const mostListed = 100;

export interface DiagnosticsList {
  readonly show: (findings: readonly Finding[], counts: Counts) => void;
}

export interface DiagnosticsActions {
  readonly jumpTo: (start: number, end: number) => void;
  /** Adds a selector to the devices to omit. */
  readonly drop: (selector: string) => void;
}

/** The list of diagnostics, with counts that filter it. */
export function createDiagnosticsList({ jumpTo, drop }: DiagnosticsActions): DiagnosticsList {
  const list = byId('diagnostics-list', HTMLOListElement);
  const more = byId('diagnostics-more', HTMLParagraphElement);
  const filter = byId('diagnostics-filter', HTMLInputElement);
  const boxes = severities.map((severity) => ({
    severity,
    box: byId(`show-${severity}`, HTMLInputElement),
    count: byId(`count-${severity}`, HTMLElement),
  }));
  let findings: readonly Finding[] = [];
  let total = 0;

  const draw = (): void => {
    const shown = new Set(boxes.filter(({ box }) => box.checked).map(({ severity }) => severity));
    const words = filter.value.toLowerCase();
    const matching = findings.filter(
      ({ severity, code, message }) =>
        shown.has(severity) && `${code} ${message}`.toLowerCase().includes(words),
    );
    list.replaceChildren(...matching.slice(0, mostListed).map((finding) => row(finding, jumpTo, drop)));
    const left = matching.length - mostListed;
    more.textContent =
      total === 0
        ? 'No diagnostics.'
        : matching.length === 0
          ? 'No diagnostic matches the filter.'
          : left > 0
            ? `${left} more; filter to see them. virt2xen check --json lists all ${total}.`
            : '';
  };
  for (const { box } of boxes) box.addEventListener('change', draw);
  filter.addEventListener('input', draw);
  return {
    show: (found, counts) => {
      findings = found;
      total = counts.error + counts.warning + counts.info;
      for (const { severity, count } of boxes) count.textContent = String(counts[severity]);
      draw();
    },
  };
}

function row(
  { severity, code, message, hint, drop: selector, place }: Finding,
  jumpTo: DiagnosticsActions['jumpTo'],
  drop: DiagnosticsActions['drop'],
): HTMLLIElement {
  const where = place && `${place.line}:${place.column}`;
  return element(
    'li',
    { class: severity },
    element('span', { class: 'severity' }, severity),
    ' ',
    ...(place && where !== undefined
      ? [button(where, () => jumpTo(place.start, place.end), `Go to ${where}: ${message}`), ' ']
      : []),
    element('code', {}, code),
    ' ',
    element('span', {}, message),
    ...(hint === undefined ? [] : [element('span', { class: 'hint' }, ` Hint: ${hint}.`)]),
    ...(selector === undefined ? [] : [' ', button(`Omit ${selector}`, () => drop(selector))]),
  );
}
