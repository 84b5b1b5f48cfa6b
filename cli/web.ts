import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodes } from './exit-codes.js';
import { dash, FileError, readDocument, reasonOf, writeAtomically } from './files.js';
import { guarded } from './guarded.js';
import { print } from './terminal.js';

export interface WebOptions {
  readonly files: readonly string[];
  readonly output: string | undefined;
  readonly maxInputSize: number;
}

/** `virt2xen web`: writes the page with the files in it, and opens it unless an output is given. @returns the exit status */
export async function writePage({ files, output, maxInputSize }: WebOptions): Promise<number> {
  return await guarded(false, async () => {
    const documents: { readonly name: string; readonly text: string }[] = [];
    for (const file of files) documents.push(await readText(file, maxInputSize));
    const page = readPage().replace('{{documents}}', () => embedded(documents));
    if (output === dash) print('stdout', page);
    else if (output !== undefined) writeAtomically(output, page);
    else await openPage(page);
    return exitCodes.done;
  });
}

async function readText(file: string, limitBytes: number): Promise<{ name: string; text: string }> {
  const bytes = await readDocument(file, limitBytes);
  const name = file === dash ? 'stdin' : basename(file);
  if (bytes.length > limitBytes) throw new FileError(`${name}: larger than ${limitBytes} bytes`);
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new FileError(`${name}: not valid UTF-8; convert it with iconv -t UTF-8`);
  }
}

/**
 * The page of the build: in the single executable, beside the bundled command, or in dist/ if the command runs from its
 * sources.
 */
function readPage(): string {
  const { isSea, getAsset } = process.getBuiltinModule('node:sea');
  if (isSea()) return getAsset('page.html', 'utf8');
  const places = ['../web/page.html', '../dist/web/page.html'];
  for (const place of places) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return readFileSync(path, 'utf8');
  }
  throw new FileError('the page has not been built; run npm run build');
}

/**
 * Documents as the content of a `<script type="application/json">`: without `<`, nothing in a document can end the
 * element or start another.
 */
export const embedded = (documents: readonly object[]): string =>
  JSON.stringify(documents).replaceAll('<', '\\u003c');

/** Only the user can read the file: the documents are in it. */
async function openPage(page: string): Promise<void> {
  const path = join(mkdtempSync(join(tmpdir(), 'virt2xen-web-')), 'virt2xen.html');
  writeAtomically(path, page);
  print('stdout', `${path}\n`);
  const hasDisplay = Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY']);
  if (!hasDisplay) return print('stderr', 'no display here; open the file in a browser\n');
  const opener = spawn('xdg-open', [path], { detached: true, stdio: 'ignore' });
  try {
    await once(opener, 'spawn');
    opener.unref();
  } catch (error) {
    print('stderr', `cannot run xdg-open: ${reasonOf(error)}; open the file in a browser\n`);
  }
}
