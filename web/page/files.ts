import type { NamedText } from '../exchange.js';
import { byId } from './dom.js';

/** The documents that `virt2xen web FILE...` has put into the page. */
export function embeddedFiles(): readonly NamedText[] {
  return JSON.parse(byId('documents', HTMLScriptElement).textContent) as readonly NamedText[];
}

/** Calls a function with the files that are opened, or dropped anywhere on the page. */
export function acceptFiles(
  open: (files: readonly NamedText[]) => void,
  refuse: (message: string) => void,
): void {
  const input = byId('open', HTMLInputElement);
  const accept = async (list: FileList | null | undefined): Promise<void> => {
    const files = [...(list ?? [])];
    if (files.length === 0) return;
    try {
      open(await Promise.all(files.map(readFile)));
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error));
    }
  };
  input.addEventListener('change', () => {
    void accept(input.files).then(() => (input.value = ''));
  });
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('dropping');
  });
  // Before an editor inserts the file as text.
  addEventListener(
    'drop',
    (event) => {
      document.body.classList.remove('dropping');
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.stopPropagation();
      void accept(event.dataTransfer.files);
    },
    { capture: true },
  );
}

async function readFile(file: File): Promise<NamedText> {
  try {
    return {
      name: file.name,
      text: new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()),
    };
  } catch {
    throw new Error(`${file.name} cannot be read as UTF-8`);
  }
}
