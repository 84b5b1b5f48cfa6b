import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { findings } from '../diagnostics/findings.js';
import { pvXml } from '../libvirt/domains.js';
import { pvConfig, read, settingsOf } from './guests.js';

const uuid = 'ac0a5b9e-cbe2-4c07-b43b-1d69e46fb839';
const metadata = (attributes: string): string =>
  pvXml('').replace(
    '<memory',
    `<metadata><v2x:xl xmlns:v2x='urn:virt2xen:1'><v2x:vtpm ${attributes}/></v2x:xl></metadata><memory`,
  );

describe("an xl.cfg's vTPM", () => {
  const vtpm = (text: string): string => pvConfig(`vtpm = [ "${text}" ]`);

  it('has a backend domain and can have a UUID', () => {
    expect(read(vtpm(`backend=v,uuid=${uuid.toUpperCase()}`)).domain.vtpms).to.deep.equal([
      { backendDomain: 'v', uuid },
    ]);
    expect(read(vtpm('backend=0')).domain.vtpms).to.deep.equal([{ backendDomain: '0' }]);
  });

  it('ends at a piece without an equals sign', () => {
    const { domain, found } = read(vtpm('backend=v,loose,version=2.0'));
    expect(domain.vtpms).to.deep.equal([{ backendDomain: 'v' }]);
    expect(found).to.deep.equal(['xl-ignored: loose']);
  });

  it('has the last of several backends', () => {
    const { domain, found } = read(vtpm('backend=v,backend=w'));
    expect(domain.vtpms).to.deep.equal([{ backendDomain: 'w' }]);
    expect(found).to.deep.equal(['xl-overridden: backend=v']);
  });

  for (const [text, code] of [
    [`uuid=${uuid}`, 'value-missing'],
    ['backend=', 'value-missing'],
    ['backend=v,uuid=z', 'value-invalid'],
    ['backend=v,Uuid=z', 'value-invalid'],
  ] as const) {
    it(`is rejected as ${text}`, () => {
      const { output, diagnostics } = convert(vtpm(text), { from: 'xl' });
      expect(output).to.equal(undefined);
      expect(diagnostics.map((diagnostic) => diagnostic.code)).to.deep.equal([code]);
    });
  }

  it('that an earlier version preserved among the settings is written again', () => {
    const setting = `vtpm = [ &quot;backend=v&quot; ]`;
    const xml = metadata('').replace('<v2x:vtpm />', `<v2x:settings>${setting}</v2x:settings>`);
    expect(settingsOf(xml).settings['vtpm']).to.equal('[ "backend=v" ]');
  });
});

describe('a vTPM preserved in <metadata>', () => {
  it('is written to xl.cfg', () => {
    const { settings, found } = settingsOf(metadata(`backend='v' uuid='${uuid}'`));
    expect(settings['vtpm']).to.equal(`[ "backend=v,uuid=${uuid}" ]`);
    expect(found).to.deep.equal([]);
  });

  it('is reported if it is not complete or valid, and is not written', () => {
    for (const attributes of [`uuid='${uuid}'`, `backend='v' uuid='z'`]) {
      const { settings, found } = settingsOf(metadata(attributes));
      expect(settings).not.to.have.property('vtpm');
      expect(found).to.deep.equal([`preserved-conflict: <v2x:vtpm ${attributes}/>`]);
    }
  });

  it('cannot have a backend domain that xl.cfg cannot escape', () => {
    const xml = metadata(`backend='a,b'`);
    const { output, diagnostics } = convert(xml);
    expect(output).to.equal(undefined);
    expect(findings(xml, diagnostics)).to.deep.equal([`xl-unrepresentable: <v2x:vtpm backend='a,b'/>`]);
  });
});
