import { expect } from 'chai';
import { parseMode, parseOwner } from '../../../lib/realize/qemu/access.js';
import { failure } from '../qmp/peer.js';

describe('--socket-mode', () => {
  it('is octal', () => {
    expect(parseMode('0660')).to.equal(0o660);
    expect(parseMode('600')).to.equal(0o600);
  });

  it('rejects anything else', () => {
    for (const text of ['', '66', '0o660', '0888', '4755', 'u+rw', '0660 ', '-660']) {
      expect(() => parseMode(text), text).to.throw(`'${text}' is not a valid socket mode`);
    }
  });
});

describe('--socket-owner', () => {
  it('is a user, a group or both, by name or number', async () => {
    expect(await parseOwner('root')).to.deep.equal({ uid: 0 });
    expect(await parseOwner('root:root')).to.deep.equal({ uid: 0, gid: 0 });
    expect(await parseOwner(':root')).to.deep.equal({ gid: 0 });
    expect(await parseOwner('12:34')).to.deep.equal({ uid: 12, gid: 34 });
  });

  it('rejects users and groups that do not exist on the host', async () => {
    for (const text of ['nobody-of-this-name', 'root:nobody-of-this-name', '--help', '4294967295', '-1']) {
      expect(await failure(parseOwner(text)), text).to.include({ failure: 'access' });
    }
  });

  it('rejects an empty value and a third part', async () => {
    for (const text of ['', ':', 'root:', 'a:b:c']) {
      expect(String(await failure(parseOwner(text))), text).to.contain(
        `'${text}' is not a valid socket owner`,
      );
    }
  });
});
