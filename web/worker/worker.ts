import type { Answer, Request } from '../exchange.js';
import { parseControls } from './controls.js';
import { summarize, workOn } from './document.js';

/** The worker of the page: the library runs here, so that a large document does not block the page. */
function answer(request: Request): Answer {
  const found = parseControls(request.controls);
  if ('problems' in found) return { kind: 'controls', problems: found.problems };
  const { work } = request.controls;
  return request.kind === 'document'
    ? { kind: 'document', result: workOn(request.text, work, found.parsed) }
    : { kind: 'summary', rows: summarize(request.files, work, found.parsed) };
}

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  try {
    postMessage(answer(data));
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    postMessage({ kind: 'fault', message } satisfies Answer);
  }
});
