import { expect } from 'chai';
import fc from 'fast-check';
import { parseQemuOption, qemuOption } from '../../lib/qemu-syntax/option.js';

/** What QEMU reads of a text, as the value of its first setting and the others. */
function read(text: string): readonly [string | undefined, Readonly<Record<string, string>>] {
  const { first, settings } = parseQemuOption(text);
  return [first, Object.fromEntries(settings)];
}

describe("one of QEMU's option strings", () => {
  it('has settings between single commas; a double one is a comma of a value', () => {
    expect(read('socket,path=/a,,b,id=c')).to.deep.equal(['socket', { path: '/a,b', id: 'c' }]);
    expect(read('file,path=,,,,,id=c')).to.deep.equal(['file', { path: ',,', id: 'c' }]);
  });

  it('can have names without a value, which are on, or off after `no`', () => {
    expect(read('socket,server,nowait')).to.deep.equal(['socket', { server: 'on', wait: 'off' }]);
  });

  it('can name its first setting, and the last of two equal names counts', () => {
    expect(read('driver=virtserialport,nr=1,nr=2')).to.deep.equal([
      undefined,
      { driver: 'virtserialport', nr: '2' },
    ]);
  });

  it('is read as it was written, whatever the values contain', () => {
    const value = fc.string().filter((text) => !/[\0\p{Surrogate}]/u.test(text));
    fc.assert(
      fc.property(value, value, (path, name) => {
        const text = qemuOption('file', [
          ['path', path],
          ['name', name],
        ]);
        expect(read(text)).to.deep.equal(['file', { path, name }]);
      }),
    );
  });
});
