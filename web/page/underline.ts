import { RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, hoverTooltip, type DecorationSet } from '@codemirror/view';
import type { Finding } from '../exchange.js';
import { element } from './dom.js';

/** More would only slow down the editor; the list has the others. */
const mostUnderlined = 300;

interface Underlined {
  readonly findings: readonly Finding[];
  readonly decorations: DecorationSet;
}

const nothing: Underlined = { findings: [], decorations: Decoration.none };
const setUnderlined = StateEffect.define<Underlined>();

const field = StateField.define<Underlined>({
  create: () => nothing,
  update(underlined, { effects, changes, docChanged }) {
    const [set] = effects.flatMap((effect) => (effect.is(setUnderlined) ? [effect.value] : []));
    if (set) return set;
    // Until the worker has answered, the marks move with the text.
    return docChanged ? { findings: [], decorations: underlined.decorations.map(changes) } : underlined;
  },
  provide: (self) => EditorView.decorations.from(self, ({ decorations }) => decorations),
});

const messages = hoverTooltip((view, position) => {
  const here = view.state
    .field(field)
    .findings.filter(({ place }) => place && place.start <= position && position <= place.end);
  if (here.length === 0) return null;
  return {
    pos: position,
    create: () => ({
      dom: element(
        'ul',
        { class: 'tooltip' },
        ...here.slice(0, 5).map(({ severity, message }) => element('li', {}, `${severity}: ${message}`)),
      ),
    }),
  };
});

export const underlines = [field, messages];

/** Underlines the places of findings, errors first. */
export function underline(view: EditorView, findings: readonly Finding[]): void {
  const { length } = view.state.doc;
  const rank = { error: 0, warning: 1, info: 2 };
  const chosen = findings
    .filter(({ place }) => place && place.start < length)
    .toSorted((a, b) => rank[a.severity] - rank[b.severity])
    .slice(0, mostUnderlined)
    .toSorted((a, b) => (a.place?.start ?? 0) - (b.place?.start ?? 0));
  const builder = new RangeSetBuilder<Decoration>();
  for (const { severity, place } of chosen) {
    if (!place) continue;
    const end = Math.min(Math.max(place.end, place.start + 1), length);
    builder.add(place.start, end, Decoration.mark({ class: `underlined ${severity}` }));
  }
  view.dispatch({ effects: setUnderlined.of({ findings: chosen, decorations: builder.finish() }) });
}
