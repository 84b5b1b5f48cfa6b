import { expect } from 'chai';
import { convert } from '../lib/convert.js';
import { findings, problems } from './diagnostics/findings.js';
import { pvXml } from './libvirt/domains.js';
import { pvConfig } from './xl/guests.js';

/** The errors of a document. */
const wrong = (source: string): readonly string[] =>
  problems(source, convert(source, { xen: '4.20' }).diagnostics);

const messages = (source: string): readonly string[] =>
  convert(source, { xen: '4.20' })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);

/** Escapes a value for an XML attribute in single quotes. */
const inXml = (value: string): string =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll("'", '&apos;')
    .replace(/[\t\n\r]/g, (blank) => `&#${blank.charCodeAt(0)};`);

const namedXml = (name: string): string =>
  pvXml(`<channel type='pty'><target type='xen' name='${inXml(name)}'/></channel>`);
const pathXml = (path: string): string =>
  pvXml(
    `<channel type='unix'><source mode='bind' path='${inXml(path)}'/><target type='xen' name='a'/></channel>`,
  );

describe('the name of a channel', () => {
  for (const [name, why] of [
    ['a,b', "contains ',', which xl.cfg cannot escape here"],
    ['a,connection=socket', "contains ',', which xl.cfg cannot escape here"],
    ['a=b', "contains '=', which xl.cfg cannot escape here"],
    ['a"b', `contains '"', which xl.cfg cannot escape here`],
    ["a'b", `contains ''', which xl.cfg cannot escape here`],
    ['a\\b', "contains '\\', which xl.cfg cannot escape here"],
    ['a\tb', 'contains a control character, which xl.cfg cannot escape here'],
    ['a\nb', 'contains a control character, which xl.cfg cannot escape here'],
    ['a\x7f', 'contains a control character, which xl.cfg cannot escape here'],
    [' a', 'begins or ends with a space, which xl would trim'],
    ['a ', 'begins or ends with a space, which xl would trim'],
    [' ', 'begins or ends with a space, which xl would trim'],
    ['', 'is empty'],
  ] as const) {
    it(`cannot be ${JSON.stringify(name)} in XML: it ${why}`, () => {
      const xml = namedXml(name);
      expect(wrong(xml)).to.deep.equal([`channel-name: name='${inXml(name)}'`]);
      expect(messages(xml)).to.deep.equal([`channel '${name}': the name ${why}`]);
    });
  }

  for (const [written, name] of [
    ['a=b', 'a=b'],
    [String.raw`a\"b`, 'a"b'],
    [String.raw`a\'b`, "a'b"],
    [String.raw`a\\b`, 'a\\b'],
    [String.raw`a\tb`, 'a\tb'],
  ] as const) {
    it(`cannot be ${JSON.stringify(name)} in an xl.cfg either`, () => {
      const config = pvConfig(`channel = [ "connection=pty,name=${written}" ]`);
      expect(wrong(config)).to.deep.equal([`channel-name: name=${written}`]);
    });
  }

  it('cannot be empty in an xl.cfg', () => {
    expect(wrong(pvConfig(`channel = [ "connection=pty,name= " ]`))).to.deep.equal(['channel-name: name= ']);
  });

  for (const name of ['org.qemu.guest_agent.0', 'a b', 'größe 🐈', 'a;b#c[d]', 'a/b', '${x}`y`', '\u00a0']) {
    it(`may be ${JSON.stringify(name)}, which is written unchanged`, () => {
      const { output } = convert(namedXml(name), { xen: '4.20' });
      expect(output).to.include(`channel = [ "connection=pty,name=${name}" ]\n`);
      expect(convert(output ?? '').output).to.include(`name='${name}'/>`);
    });
  }

  it('must be unique', () => {
    const a = `<channel type='pty'><target type='xen' name='a'/></channel>`;
    expect(wrong(pvXml(a + a.replace('xen', 'virtio')))).to.deep.equal([`channel-duplicate: name='a'`]);
    expect(wrong(pvConfig(`channel = ['connection=pty,name=a', 'name=a,connection=pty']`))).to.deep.equal([
      'channel-duplicate: name=a',
    ]);
  });

  it('is reported at the second of two equal names', () => {
    const config = pvConfig(`channel = ['connection=pty,name=a', 'connection=pty,name=a']`);
    const [duplicate] = convert(config).diagnostics.filter(({ code }) => code === 'channel-duplicate');
    expect(duplicate?.span?.start).to.equal(config.lastIndexOf('name=a'));
  });
});

describe('the path of a channel', () => {
  for (const [path, why] of [
    ['/a,b', "contains ',', which xl.cfg cannot escape here"],
    ['/a=b', "contains '=', which xl.cfg cannot escape here"],
    ['/a"b', `contains '"', which xl.cfg cannot escape here`],
    ["/a'b", `contains ''', which xl.cfg cannot escape here`],
    ['/a\\b', "contains '\\', which xl.cfg cannot escape here"],
    ['/a\nb', 'contains a control character, which xl.cfg cannot escape here'],
    ['/a ', 'begins or ends with a space, which xl would trim'],
    ['a', 'is not absolute'],
    ['./a', 'is not absolute'],
    ['@a', 'is not absolute'],
  ] as const) {
    it(`cannot be ${JSON.stringify(path)}: it ${why}`, () => {
      const xml = pathXml(path);
      expect(wrong(xml)).to.deep.equal([`channel-path: <source mode='bind' path='${inXml(path)}'/>`]);
      expect(messages(xml)).to.deep.equal([`channel 'a': path '${path}' ${why}`]);
    });
  }

  it('cannot be relative or empty in an xl.cfg', () => {
    expect(wrong(pvConfig(`channel = ['connection=socket,path=p,name=a']`))).to.deep.equal([
      'channel-path: path=p',
    ]);
    expect(wrong(pvConfig(`channel = ['connection=socket,path= ,name=a']`))).to.deep.equal([
      'channel-path: path= ',
    ]);
  });

  it('of a socket has 107 bytes at most', () => {
    expect(wrong(pathXml(`/${'x'.repeat(106)}`))).to.deep.equal([]);
    expect(wrong(pathXml(`/${'x'.repeat(107)}`))).to.have.length(1);
  });

  it('of a socket is counted in bytes, not in characters', () => {
    expect(wrong(pathXml(`/${'ö'.repeat(53)}`))).to.deep.equal([]);
    expect(wrong(pathXml(`/x${'ö'.repeat(53)}`))).to.have.length(1);
    expect(wrong(pathXml(`/xx${'🐈'.repeat(26)}`))).to.deep.equal([]);
    expect(wrong(pathXml(`/xxx${'🐈'.repeat(26)}`))).to.have.length(1);
  });

  it('that libvirt would choose is checked, too', () => {
    const channel = `<channel type='unix'><target type='xen' name='${'x'.repeat(70)}'/></channel>`;
    expect(wrong(pvXml(channel))).to.deep.equal([`channel-path: <channel type='unix'>`]);
    const odd = pvXml(`<channel type='unix'><target type='xen' name='a'/></channel>`).replace('guest', 'a,b');
    expect(wrong(odd)).to.deep.equal([`channel-path: <channel type='unix'>`]);
  });

  it('of a file may be longer', () => {
    const path = `/${'x'.repeat(200)}`;
    const config = pvConfig(`channel = ['type=file,path=${path},name=a']`);
    expect(convert(config).output).to.include(`<source path='${path}'/>`);
  });

  it('of a socket must be unique', () => {
    const config = pvConfig(
      `channel = ['connection=socket,path=/p,name=a', 'connection=socket,name=b,path=/p']`,
    );
    const [duplicate, ...others] = convert(config).diagnostics.filter(({ severity }) => severity === 'error');
    expect(others).to.deep.equal([]);
    expect(duplicate?.code).to.equal('channel-duplicate');
    expect(duplicate?.span).to.deep.equal({
      start: config.lastIndexOf('path=/p'),
      end: config.lastIndexOf('path=/p') + 7,
    });
  });

  it('cannot be the default path of another', () => {
    const xml = pvXml(
      `<channel type='unix'><target type='xen' name='a'/></channel>` +
        `<channel type='unix'><source path='/var/lib/libvirt/libxl/channel/target/guest-a'/><target type='xen' name='b'/></channel>`,
    );
    expect(wrong(xml)).to.deep.equal([
      `channel-duplicate: <source path='/var/lib/libvirt/libxl/channel/target/guest-a'/>`,
    ]);
  });
});

describe('the domain that serves a channel', () => {
  it('has a name without separators', () => {
    const config = pvConfig(String.raw`channel = [ "connection=pty,name=a,backend=d=e" ]`);
    expect(wrong(config)).to.include('channel-name: backend=d=e');
  });

  it('cannot inject other parameters through <metadata>', () => {
    const xml = pvXml(
      `<channel type='pty'><target type='xen' name='a'/></channel>`,
      `<metadata><v2x:xl xmlns:v2x='urn:virt2xen:1'><v2x:channel name='a' backend='d,connection=socket,path=/evil'/></v2x:xl></metadata>`,
    );
    expect(wrong(xml)).to.deep.equal([`channel-name: <channel type='pty'>`]);
    expect(convert(xml).output).to.equal(undefined);
  });
});

describe('the channels of a domain', () => {
  const many = (count: number): string =>
    pvXml(
      Array.from(
        { length: count },
        (_, i) => `<channel type='pty'><target type='xen' name='c${i + 1}'/></channel>`,
      ).join(''),
    );

  it('are at most seven for a Linux guest', () => {
    expect(findings(many(7), convert(many(7), { xen: '4.20' }).diagnostics)).to.deep.equal([]);
  });

  it('are reported once if there are more', () => {
    const xml = many(9);
    const [warning, ...others] = convert(xml, { xen: '4.20' }).diagnostics;
    expect(others).to.deep.equal([]);
    expect([warning?.code, warning?.severity]).to.deep.equal(['channel-limit', 'warning']);
    const before = xml.slice(0, warning?.span?.start);
    expect(before.match(/<channel/g)).to.have.length(7);
  });

  it('are all written nevertheless', () => {
    expect(convert(many(9)).output?.match(/connection=pty/g)).to.have.length(9);
  });

  it('are too many in an xl.cfg, too', () => {
    const entries = Array.from({ length: 8 }, (_, i) => `'connection=pty,name=c${i + 1}'`);
    expect(wrong(pvConfig(`channel = [ ${entries.join(', ')} ]`))).to.deep.equal([
      `channel-limit: 'connection=pty,name=c8'`,
    ]);
  });
});

describe('the disks of a domain', () => {
  it('have unique names', () => {
    expect(wrong(pvConfig(`disk = ['/a,raw,xvda,w', '/b,raw,xvda,w']`))).to.deep.equal([
      'value-invalid: xvda',
    ]);
  });
});

describe('the listen address of a display', () => {
  const listeningOn = (address: string): string =>
    pvXml(`<graphics type='vnc' port='5901' listen='${address}'/>`);

  for (const address of ['127.0.0.1', '::1', 'fe80::1%eth0', 'host.example']) {
    it(`can be ${address}`, () => {
      expect(messages(listeningOn(address))).to.deep.equal([]);
    });
  }

  for (const address of [']:5', '[::1]', 'a:5', '::1]:9']) {
    it(`cannot be ${address}`, () => {
      expect(messages(listeningOn(address))).to.deep.equal([`'${address}' is not a valid listen address`]);
    });
  }
});
