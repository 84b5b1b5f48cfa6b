import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { syntaxHighlighting } from '@codemirror/language';
import { search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import type { Finding } from '../exchange.js';
import { byId } from './dom.js';
import { languageOf, syntaxOf, type Syntax } from './language.js';
import { underlines, underline } from './underline.js';

/** The styles that editors create carry it; index.html allows no others. */
const nonce = document.querySelector<HTMLStyleElement>('style')?.nonce ?? '';

/** Follows the colours of the system. Everything but the cursor is in style.css. */
export const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/** What every editor of the page has. */
export const commonExtensions = (label: string): readonly Extension[] => [
  EditorView.cspNonce.of(nonce),
  EditorView.darkTheme.of(prefersDark.matches),
  EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  lineNumbers(),
  drawSelection(),
  search({ top: true }),
  syntaxHighlighting(classHighlighter),
];

export interface SourceEditor {
  readonly text: () => string;
  readonly show: (text: string) => void;
  readonly underline: (findings: readonly Finding[]) => void;
  /** Selects a range, and moves there. */
  readonly jumpTo: (start: number, end: number) => void;
}

/** The editor of the document. */
export function createSourceEditor(parent: HTMLElement, changed: () => void): SourceEditor {
  const language = new Compartment();
  let syntax: Syntax = 'plain';
  const extensions = (text: string): readonly Extension[] => {
    syntax = syntaxOf(text.slice(0, 1000), text.length);
    return [
      ...commonExtensions('Source document'),
      history(),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
      placeholder('Paste a domain XML or an xl.cfg, or drop files here'),
      language.of(languageOf(syntax)),
      underlines,
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (!docChanged) return;
        const now = syntaxOf(state.sliceDoc(0, 1000), state.doc.length);
        if (now !== syntax) {
          syntax = now;
          view.dispatch({ effects: language.reconfigure(languageOf(now)) });
        }
        changed();
      }),
    ];
  };
  const view = new EditorView({ parent, extensions: extensions('') });
  return {
    text: () => view.state.doc.toString(),
    show: (text) => {
      view.setState(EditorState.create({ doc: text, extensions: extensions(text) }));
      changed();
    },
    underline: (findings) => underline(view, findings),
    jumpTo: (start, end) => {
      const { length } = view.state.doc;
      const [anchor, head] = [Math.min(start, length), Math.min(end, length)];
      view.dispatch({
        selection: { anchor, head },
        effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
      });
      view.focus();
    },
  };
}

/** To show more would block the page for the time that the editor takes to split it into lines. */
const mostShown = 200_000;

/** The editor of the result, which cannot be changed. */
export function createResultEditor(parent: HTMLElement): { readonly show: (text: string) => void } {
  const note = byId('result-note', HTMLElement);
  const stateOf = (doc: string, syntax: Syntax): EditorState =>
    EditorState.create({
      doc,
      extensions: [
        ...commonExtensions('Result'),
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ 'aria-readonly': 'true' }),
        keymap.of([...defaultKeymap, ...searchKeymap]),
        languageOf(syntax),
      ],
    });
  const view = new EditorView({ parent, state: stateOf('', 'plain') });
  let shown = '';
  return {
    show: (text) => {
      if (text === shown) return;
      shown = text;
      const isShort = text.length <= mostShown;
      note.textContent = isShort
        ? ''
        : `Only the first ${mostShown} of ${text.length} characters are shown; Copy and Download have all of them.`;
      const syntax = syntaxOf(text.slice(0, 1000), text.length);
      view.setState(stateOf(isShort ? text : text.slice(0, mostShown), syntax));
    },
  };
}
