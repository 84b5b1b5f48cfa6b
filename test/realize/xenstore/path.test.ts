import { expect } from 'chai';
import { XenstoreError } from '../../../lib/realize/xenstore/error.js';
import { below, xenstorePath } from '../../../lib/realize/xenstore/path.js';

const refusal = (text: string): string => {
  try {
    return `taken as ${xenstorePath(text)}`;
  } catch (error) {
    if (!(error instanceof XenstoreError)) throw error;
    return `${error.code}: ${error.message.split(': ').at(-1) ?? ''}`;
  }
};

describe('a xenstore path', () => {
  it('can be the root, absolute, or relative', () => {
    for (const path of ['/', '/local/domain/7/device/console/1', 'device/console', '/a-b_c@d/0']) {
      expect(xenstorePath(path)).to.equal(path);
    }
  });

  it('is rejected with the reason', () => {
    expect(refusal('')).to.equal('EINVAL: the path is empty');
    expect(refusal('/a/')).to.equal("EINVAL: the path ends in '/'");
    expect(refusal('//')).to.equal("EINVAL: the path ends in '/'");
    expect(refusal('/a//b')).to.equal("EINVAL: the path contains '//'");
    for (const character of ['.', ':', '+', ' ', '\0', '\n', 'ä', '😀']) {
      expect(refusal(`/a${character}b`)).to.equal(
        `EINVAL: ${JSON.stringify(character)} is not valid in a path`,
      );
    }
    expect(refusal('/a\u2028b')).to.equal('EINVAL: "\\u2028" is not valid in a path');
  });

  it('has at most 3071 bytes, a relative one 2047', () => {
    const name = (length: number): string => 'x'.repeat(length);
    expect(xenstorePath(`/${name(3070)}`)).to.have.length(3071);
    expect(refusal(`/${name(3071)}`)).to.equal('EINVAL: path of 3072 bytes; the maximum is 3071');
    expect(xenstorePath(name(2047))).to.have.length(2047);
    expect(refusal(name(2048))).to.equal('EINVAL: path of 2048 bytes; the maximum is 2047');
  });
});

describe('a path below another', () => {
  it('consists of that path and a node for each name', () => {
    expect(below(xenstorePath('/local/domain'), 7, 'device', 'console')).to.equal(
      '/local/domain/7/device/console',
    );
    expect(below(xenstorePath('/'), 'vm')).to.equal('/vm');
    expect(below(xenstorePath('device'), 'console')).to.equal('device/console');
  });

  it('cannot leave it, nor be the path itself', () => {
    for (const name of ['', '/', 'a/b', '..', '.', 'a\0', 'x\n', 'org.example']) {
      expect(() => below(xenstorePath('/local'), name), name).to.throw(XenstoreError, 'EINVAL');
    }
  });
});
