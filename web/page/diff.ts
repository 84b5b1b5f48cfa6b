import { Change as MergeChange, MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { Change } from '../exchange.js';
import { byId } from './dom.js';
import { commonExtensions } from './editor.js';
import { languageOf, syntaxOf } from './language.js';

/** Two editors that mark more would be slow. */
const mostChanges = 1000;

export interface Diff {
  readonly show: (before: string, after: string, changes: readonly Change[]) => void;
  readonly hide: () => void;
}

/** The document before and after adapt, side by side. The changes are adapt's own edits: nothing is compared. */
export function createDiff(): Diff {
  const section = byId('diff', HTMLElement);
  const place = byId('diff-view', HTMLElement);
  const heading = byId('diff-count', HTMLElement);
  let view: MergeView | undefined;
  const clear = (): void => {
    view?.destroy();
    view = undefined;
  };
  return {
    hide: () => {
      clear();
      section.hidden = true;
    },
    show: (before, after, changes) => {
      clear();
      section.hidden = false;
      heading.textContent = changes.length === 1 ? '1 change' : `${changes.length} changes`;
      if (changes.length > mostChanges) {
        heading.textContent += ': too many to show side by side; use virt2xen adapt --diff';
        return;
      }
      view = new MergeView({
        parent: place,
        a: sideOf('Before', before),
        b: sideOf('After', after),
        collapseUnchanged: { margin: 3, minSize: 6 },
        diffConfig: {
          override: () =>
            changes.map(({ fromA, toA, fromB, toB }) => new MergeChange(fromA, toA, fromB, toB)),
        },
      });
    },
  };
}

const sideOf = (label: string, doc: string) => ({
  doc,
  extensions: [
    ...commonExtensions(label),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ 'aria-readonly': 'true' }),
    EditorView.lineWrapping,
    languageOf(syntaxOf(doc.slice(0, 1000), doc.length)),
  ],
});
