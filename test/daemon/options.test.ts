import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { formatDocumentOptions, parseDocumentOptions } from '../../lib/daemon/options.js';

describe('the options of a document', () => {
  const parse = (source: string) => {
    const report = new Report();
    return { options: parseDocumentOptions(source, report), diagnostics: report.diagnostics };
  };

  it('are lines KEY = VALUE, with comments, and come back as they were written', () => {
    const options = {
      domain: 'web1',
      socketMode: 0o660,
      socketOwner: ':kvm',
      backend: '/srv/a = b.mjs',
      transport: 'virtio-serial',
      ringBuffer: 4096,
      omit: ['a', 'b # c'],
    } as const;
    const source = formatDocumentOptions(options);
    expect(parse(`# comment\n\n  # another\r\n${source}`)).to.deep.equal({ options, diagnostics: [] });
    expect(parse('')).to.deep.equal({ options: {}, diagnostics: [] });
  });

  it('are reported with their positions if they are invalid; the others count', () => {
    const source =
      'backend = qemu\nbakend = x\nsocket-mode = rw\n  nothing\nbackend=a\ntransport=\n__proto__=1';
    const { options, diagnostics } = parse(source);
    expect(options).to.deep.equal({ backend: 'qemu' });
    const marked = diagnostics.map(({ span, code }) => [code, source.slice(span?.start, span?.end)]);
    expect(marked).to.deep.equal(
      ['bakend = x', 'socket-mode = rw', 'nothing', 'backend=a', 'transport=', '__proto__=1'].map((line) => [
        'options-invalid',
        line,
      ]),
    );
  });

  it('that cannot be read back are rejected when they are written', () => {
    for (const name of ['a\nb', ' a', '']) {
      expect(() => formatDocumentOptions({ omit: [name] })).to.throw(/cannot be written/);
    }
  });
});
