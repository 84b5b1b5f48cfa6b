import type { Format } from '../../lib/convert.js';
import { byId, element } from './dom.js';

export interface Saved {
  readonly text: string;
  readonly name: string;
}

/** The buttons that copy and download the result; they are disabled without one. */
export function createSaving(say: (message: string) => void): (result: Saved | undefined) => void {
  const [copy, download] = [byId('copy', HTMLButtonElement), byId('download', HTMLButtonElement)];
  let result: Saved | undefined;
  copy.addEventListener('click', () => {
    if (!result) return;
    navigator.clipboard.writeText(result.text).then(
      () => say('Result copied.'),
      () => say('The browser does not allow copying; select the text and copy it.'),
    );
  });
  download.addEventListener('click', () => {
    if (!result) return;
    const url = URL.createObjectURL(new Blob([result.text], { type: 'text/plain' }));
    element('a', { href: url, download: result.name }).click();
    URL.revokeObjectURL(url);
    say(`Result saved as ${result.name}.`);
  });
  return (given) => {
    result = given;
    copy.disabled = download.disabled = !given;
  };
}

/** The name of a result: that of the document, with the ending of its format. */
export function resultName(source: string, work: 'convert' | 'adapt', to: Format | undefined): string {
  const base = source.replace(/^.*[/\\]/, '').replace(/\.(?:xml|cfg|conf)$/, '') || 'domain';
  if (work === 'adapt') return `${base}.adapted.xml`;
  return `${base}${to === 'xl' ? '.cfg' : '.xml'}`;
}
