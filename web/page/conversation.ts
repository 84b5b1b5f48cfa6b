import workerSource from 'virtual:worker';
import type { Answer, Request } from '../exchange.js';

/** Asks the worker, one question at a time. A question that waits is replaced by the next of its kind. */
export function startConversation(hear: (answer: Answer) => void): (request: Request) => void {
  // From a file, a page has no other script that a worker could load.
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const waiting = new Map<Request['kind'], Request>();
  let isBusy = false;

  const next = (): void => {
    const [request] = waiting.values();
    if (isBusy || !request) return;
    waiting.delete(request.kind);
    isBusy = true;
    worker.postMessage(request);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    isBusy = false;
    // An answer that is out of date already would only flicker.
    if (!(data.kind === 'document' && waiting.has('document'))) hear(data);
    next();
  });
  worker.addEventListener('error', ({ message }) => hear({ kind: 'fault', message }));
  return (request) => {
    waiting.set(request.kind, request);
    next();
  };
}
