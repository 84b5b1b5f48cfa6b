import type { SummaryRow } from '../exchange.js';
import { button, byId, element } from './dom.js';

/** The table over several files; its names open them. */
export function createSummary(
  open: (index: number) => void,
): (rows: readonly SummaryRow[], current: number) => void {
  const section = byId('summary', HTMLElement);
  const body = byId('summary-rows', HTMLElement);
  return (rows, current) => {
    section.hidden = rows.length < 2;
    body.replaceChildren(
      ...rows.map(({ name, outcome, counts }, index) => {
        const opener = button(name, () => open(index));
        if (index === current) opener.setAttribute('aria-current', 'true');
        const { error, warning, info } = counts;
        return element(
          'tr',
          { class: outcome === 'rejected' ? 'error' : outcome === 'converts' ? 'good' : 'warning' },
          element('th', { scope: 'row' }, opener),
          ...[outcome, error, warning, info].map((cell) => element('td', {}, String(cell))),
        );
      }),
    );
  };
}
