import type { Answer, NamedText, Result } from '../exchange.js';
import { startConversation } from './conversation.js';
import { createDiagnosticsList } from './diagnostics.js';
import { createDiagrams } from './diagram.js';
import { createDiff } from './diff.js';
import { byId, debounced } from './dom.js';
import { createResultEditor, createSourceEditor, prefersDark } from './editor.js';
import { acceptFiles, embeddedFiles } from './files.js';
import { createOptions } from './options.js';
import { createSaving, resultName } from './save.js';
import { createSummary } from './summary.js';

/** How long after the last key a document is converted. */
const pauseMs = 200;

const untitled: NamedText = { name: 'domain', text: '' };
let files: readonly NamedText[] = [untitled];
let current = 0;
/** The text of the request that is being answered. */
let asked = '';

const status = byId('status', HTMLElement);
const say = (message: string): void => {
  status.textContent = message;
};

const ask = startConversation(hear);
const convertSoon = debounced(pauseMs, convertNow);
const summarizeSoon = debounced(pauseMs * 2, () => {
  if (files.length > 1) ask({ kind: 'summary', files, controls: options.controls() });
});

const source = createSourceEditor(byId('source', HTMLElement), convertSoon);
const result = createResultEditor(byId('result', HTMLElement));
const options = createOptions(() => {
  convertSoon();
  summarizeSoon();
});
const diagnostics = createDiagnosticsList({ jumpTo: source.jumpTo, drop: options.addDrop });
const diff = createDiff();
const drawChannels = createDiagrams();
const save = createSaving(say);
const showSummary = createSummary(openFile);

function convertNow(): void {
  const text = source.text();
  const file = files[current] ?? untitled;
  if (text !== file.text) {
    files = files.with(current, { ...file, text });
    summarizeSoon();
  }
  asked = text;
  if (text.trim() === '') {
    showNothing();
    return;
  }
  ask({ kind: 'document', text, controls: options.controls() });
}

function hear(answer: Answer): void {
  options.report(answer.kind === 'controls' ? answer.problems : []);
  switch (answer.kind) {
    case 'document':
      return showResult(answer.result);
    case 'summary':
      return showSummary(answer.rows, current);
    case 'controls':
      return say('An option is not valid; the result is not up to date.');
    case 'fault':
      return say(`virt2xen: internal error, please report it: ${answer.message}`);
  }
}

function showResult({ work, to, output, changes, counts, findings, paths, notDrawn }: Result): void {
  byId('result-title', HTMLElement).textContent = `Result${titleOf(work, to)}`;
  result.show(output ?? '');
  save(
    output === undefined
      ? undefined
      : { text: output, name: resultName(files[current]?.name ?? '', work, to) },
  );
  source.underline(findings);
  diagnostics.show(findings, counts);
  if (changes && output !== undefined) diff.show(asked, output, changes);
  else diff.hide();
  drawChannels(paths, notDrawn);
  const done = work === 'convert' ? 'converted' : 'adapted';
  const outcome = output === undefined ? `Not ${done}` : `${done.charAt(0).toUpperCase()}${done.slice(1)}`;
  say(`${outcome}: ${counts.error} errors, ${counts.warning} warnings, ${counts.info} notes.`);
}

function titleOf(work: Result['work'], to: Result['to']): string {
  if (work === 'adapt') return ': domain XML';
  return to === undefined ? '' : to === 'xl' ? ': xl.cfg' : ': domain XML';
}

function showNothing(): void {
  byId('result-title', HTMLElement).textContent = 'Result';
  result.show('');
  save(undefined);
  source.underline([]);
  diagnostics.show([], { error: 0, warning: 0, info: 0 });
  diff.hide();
  drawChannels([], []);
  say('Paste a document, or open files.');
}

function openFiles(opened: readonly NamedText[]): void {
  files = opened.length > 0 ? opened : [untitled];
  showSummary([], 0);
  openFile(0);
  summarizeSoon();
}

function openFile(index: number): void {
  current = index;
  const file = files[index] ?? untitled;
  byId('source-title', HTMLElement).textContent = file === untitled ? 'Source' : `Source: ${file.name}`;
  source.show(file.text);
  summarizeSoon();
}

acceptFiles(openFiles, say);
// An editor's own colours are fixed when it is created.
prefersDark.addEventListener('change', () => openFile(current));
openFiles(embeddedFiles());
