import { expect } from 'chai';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentFor, documentsFor, loadDocuments } from '../../lib/daemon/documents.js';
import { temporaryDirectory } from '../cli/virt2xen.js';

const uuid = '01234567-89ab-cdef-0123-456789abcdef';
const cfg = (name: string, more = ''): string =>
  `name = "${name}"\n${more}type = "pv"\nkernel = "/k"\nchannel = [ "connection=pty,name=a", "connection=pty,name=b" ]\n`;

describe('the directory of documents', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);
  let directory: string;
  let count = 0;
  beforeEach(() => {
    directory = join(path, String((count += 1)));
    mkdirSync(directory);
  });
  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);

  it('is matched by UUID, else by name; a document with another UUID does not match', async () => {
    write('a.cfg', cfg('web1'));
    write('b.cfg', cfg('other', `uuid = "${uuid.toUpperCase()}"\n`));
    write('c.cfg', cfg('web2', `uuid = "${uuid.replace('0', 'f')}"\n`));
    const documents = await loadDocuments(directory);
    expect(documentsFor(documents, { name: 'web1', uuid }).map(({ file }) => file)).to.deep.equal([
      'b.cfg',
      'a.cfg',
    ]);
    expect(documentFor(documents, { name: 'web2', uuid: uuid.replace('0', 'e') })).to.equal(undefined);
  });

  it('is matched by the name that a domain had before xl migrated it away', async () => {
    write('a.cfg', cfg('web1'));
    const documents = await loadDocuments(directory);
    const find = (name: string): string | undefined => documentFor(documents, { name, uuid })?.file;
    expect(find('web1--migratedaway')).to.equal('a.cfg');
    // Not on the other host, where the migration can still fail.
    expect(find('web1--incoming')).to.equal(undefined);
  });

  it('has options for each document, over the defaults of the daemon', async () => {
    write('a.cfg', cfg('web1'));
    write('a.options', 'socket-mode = 0660\ndomain = web7\nomit = b\n');
    const load = { defaults: { socketMode: 0o600, backend: 'qemu' } };
    const desired = documentFor(await loadDocuments(directory, undefined, load), { name: 'web7', uuid });
    expect(desired?.channels.map(({ name }) => name)).to.deep.equal(['a']);
    expect(desired?.options).to.deep.equal({
      document: 'a.cfg',
      access: { mode: 0o660 },
      backend: 'qemu',
    });
  });

  it('keeps the last valid version of a document, and does not read an unchanged one again', async () => {
    write('a.cfg', cfg('web1'));
    write('.hidden.cfg', '(');
    write('readme.txt', '(');
    const first = await loadDocuments(directory);
    const second = await loadDocuments(directory, first);
    expect(second.all[0]).to.equal(first.all[0]);
    write('a.options', 'socket-owner = nobody-of-that-name\n');
    const third = await loadDocuments(directory, second);
    expect(third.all[0]?.problem).to.match(/a\.cfg: error: user 'nobody-of-that-name' does not exist/);
    expect(third.all[0]?.desired).to.equal(first.all[0]?.desired);
    write('a.options', 'x');
    const fourth = await loadDocuments(directory, third);
    expect(fourth.all[0]?.problem).to.match(/a\.options:1:1: error options-invalid: /);
    rmSync(join(directory, 'a.options'));
    write('a.cfg', cfg('web1').replace('pty', 'vc'));
    expect((await loadDocuments(directory, fourth)).all[0]?.problem).to.match(/a\.cfg:4:\d+: error /);
  });

  it('that cannot be read keeps all documents', async () => {
    write('a.cfg', cfg('web1'));
    const first = await loadDocuments(directory);
    rmSync(directory, { recursive: true });
    const second = await loadDocuments(directory, first);
    expect(second.all).to.equal(first.all);
    expect(second.problem).to.contain(directory);
  });
});
