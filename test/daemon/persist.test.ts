import { expect } from 'chai';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentFor, loadDocuments } from '../../lib/daemon/documents.js';
import { forgetDocument, persistDocument } from '../../lib/daemon/persist.js';
import { temporaryDirectory } from '../cli/virt2xen.js';

const uuid = '01234567-89ab-cdef-0123-456789abcdef';
const domain = { name: 'web1', uuid };
const text = (name: string): string =>
  `name = "${name}"\ntype = "pv"\nkernel = "/k"\nchannel = [ "connection=pty,name=a", "connection=pty,name=b" ]\n`;
const config = (name: string) => ({ text: text(name), isXml: false, name });

describe('a persistent attachment', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);
  let directory: string;
  let count = 0;
  beforeEach(() => (directory = join(path, String((count += 1)))));
  const files = (): readonly string[] => readdirSync(directory).toSorted();
  const channelsFor = async (of = domain): Promise<readonly string[] | undefined> =>
    documentFor(await loadDocuments(directory), of)?.channels.map(({ name }) => name);

  it('is a document with the name of the domain, and options only if there are any', async () => {
    expect(await persistDocument(directory, domain, config('web1'), {})).to.equal('web1.cfg');
    expect(files()).to.deep.equal(['web1.cfg']);
    expect(readFileSync(join(directory, 'web1.cfg'), 'utf8')).to.equal(text('web1'));
    await persistDocument(directory, domain, config('web1'), { socketMode: 0o660 });
    expect(readFileSync(join(directory, 'web1.options'), 'utf8')).to.equal('socket-mode = 0660\n');
    await persistDocument(directory, domain, config('web1'), {});
    expect(files()).to.deep.equal(['web1.cfg']);
    expect(await channelsFor()).to.deep.equal(['a', 'b']);
  });

  it('is for the domain that was given, whatever name is in the document', async () => {
    await persistDocument(directory, domain, config('template'), {});
    expect(await channelsFor()).to.deep.equal(['a', 'b']);
    expect(await channelsFor({ name: 'template', uuid: uuid.replace('0', 'f') })).to.equal(undefined);
  });

  it('replaces the earlier document of the domain, whatever its name', async () => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'mine.cfg'), text('web1'));
    writeFileSync(join(directory, 'mine.options'), 'socket-mode = 0660\n');
    await persistDocument(directory, domain, config('web1'), {});
    expect(files()).to.deep.equal(['web1.cfg']);
    await persistDocument(
      directory,
      domain,
      {
        text: `<domain type='xen'><name>web1</name><uuid>${uuid}</uuid><memory>1</memory><os><type>linux</type><kernel>/k</kernel></os><devices/></domain>`,
        isXml: true,
        name: 'web1',
        uuid,
      },
      { backend: 'qemu' },
    );
    expect(files()).to.deep.equal(['web1.options', 'web1.xml']);
    expect(await channelsFor()).to.deep.equal([]);
  });

  it('never has a name that leaves the directory', async () => {
    const odd = { name: '../x', uuid };
    expect(await persistDocument(directory, odd, config('../x'), {})).to.equal(`${uuid}.cfg`);
    expect(readdirSync(path)).not.to.include('x.cfg');
    const error: unknown = await persistDocument(directory, { name: '.' }, config('.'), {}).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).to.match(/cannot be a file name/);
  });

  it('ends with its document, or channel by channel', async () => {
    await persistDocument(directory, domain, config('web1'), { backend: 'qemu' });
    await forgetDocument(directory, domain, ['a']);
    expect(await channelsFor()).to.deep.equal(['b']);
    const error: unknown = await forgetDocument(directory, domain, ['c']).catch((thrown: unknown) => thrown);
    expect(error).to.include({ failure: 'channel' });
    expect(readFileSync(join(directory, 'web1.options'), 'utf8')).to.equal('backend = qemu\nomit = a\n');
    expect(await forgetDocument(directory, { name: 'web1' })).to.equal('web1.cfg');
    expect(files()).to.deep.equal([]);
    expect(await forgetDocument(directory, domain)).to.equal(undefined);
  });
});
