import { dash, readDocument } from '../files.js';
import { print } from '../terminal.js';
import { UsageError } from './arguments.js';

/** No file of keys and no password is as long. */
const limitBytes = 1024 * 1024;

/** The lines of a file or, for `-`, of standard input, without empty ones and comments. */
export async function readLines(file: string): Promise<readonly string[]> {
  const text = decode(await readDocument(file === '-' ? dash : file, limitBytes));
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw new UsageError(`${file} contains no keys`);
  return keys;
}

/** A password: typed without echo, or the first line of standard input. */
export async function readSecret(prompt: string): Promise<string> {
  const secret = process.stdin.isTTY
    ? await typed(prompt)
    : (decode(await readDocument(dash, limitBytes)).split('\n')[0] ?? '').replace(/\r$/, '');
  if (secret === '') throw new UsageError('an empty password is not set');
  return secret;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function typed(prompt: string): Promise<string> {
  const { stdin } = process;
  print('stderr', prompt);
  stdin.setRawMode(true).setEncoding('utf8').resume();
  try {
    let text = '';
    for await (const chunk of stdin as AsyncIterable<string>) {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') return text;
        if (character === '\x03' || character === '\x04') throw new UsageError('no password given');
        text =
          character === '\x7f' || character === '\b' ? [...text].slice(0, -1).join('') : text + character;
      }
    }
    return text;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    print('stderr', '\n');
  }
}
