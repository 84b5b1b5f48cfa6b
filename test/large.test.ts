import { expect } from 'chai';
import { convert } from '../lib/index.js';

/** More than the possible number of arguments of a call, but few enough to be fast. */
const count = 130_000;

const many = (of: (i: number) => string): string => Array.from({ length: count }, (_, i) => of(i)).join('');
const domain = (beside: string, devices = ''): string =>
  `<domain type='xen'><name>g</name><memory>65536</memory><os><type>hvm</type></os>${beside}<devices>${devices}</devices></domain>`;

/** Documents by what they have very many of. Their conversion must end with an output or with errors. */
const documents: Readonly<Record<string, string>> = {
  'children of an element that is given twice': domain(
    `<features/><features>${'<a/>'.repeat(count)}</features>`,
  ),
  'disks, each with a place in the boot order': domain(
    '',
    many((i) => `<disk><target dev='xvda'/><boot order='${i + 1}'/></disk>`),
  ),
  'channels of an xl.cfg': `name = "g"\nkernel = "/k"\nmemory = 64\nchannel = [ ${many((i) => `"connection=pty,name=c${i}",`)} ]\n`,
  'errors in the syntax of an xl.cfg': '?\n'.repeat(count),
  'settings in <metadata>': domain(
    `<metadata><v:xl xmlns:v='urn:virt2xen:1'><v:settings>${many((i) => `x${i} = 1\n`)}</v:settings></v:xl></metadata>`,
  ),
};

describe('a document with very many', () => {
  for (const [what, text] of Object.entries(documents)) {
    it(`${what} is converted, or rejected with diagnostics`, function () {
      this.timeout(60_000);
      // A call with too many arguments throws.
      const { output, diagnostics } = convert(text, { limit: 2 ** 26 });
      const isRejected = diagnostics.some(({ severity }) => severity === 'error');
      expect(isRejected).to.equal(output === undefined);
    });
  }
});
