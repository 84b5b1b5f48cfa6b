import { expect } from 'chai';
import { adapt } from '../../lib/adapt/adapt.js';
import { convert } from '../../lib/convert.js';
import type { Graphics } from '../../lib/model/graphics.js';
import { elementsOf, hvmXml, kvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

const graphics = (...lines: readonly string[]): readonly Graphics[] =>
  readClean(hvmConfig(...lines)).graphics;
const framebuffer = (entry: string): readonly Graphics[] =>
  readClean(pvConfig(`vfb = [ '${entry}' ]`)).graphics;

const block = (xml: string, keys: readonly string[]): readonly string[] => {
  const { settings } = settingsOf(xml);
  return keys.flatMap((key) => (settings[key] === undefined ? [] : [`${key} = ${settings[key]}`]));
};
const displayKeys = [
  'sdl',
  'vnc',
  'vncunused',
  'vncdisplay',
  'vnclisten',
  'vncpasswd',
  'keymap',
  'display',
  'xauthority',
  'vfb',
];
const spiceKeys = [
  'sdl',
  'vnc',
  'spice',
  'spicehost',
  'spiceport',
  'spicetls_port',
  'spicedisable_ticketing',
  'spicepasswd',
  'spiceagent_mouse',
  'spicevdagent',
  'spice_clipboard_sharing',
];

describe("an HVM guest's graphics in an xl.cfg", () => {
  it('are a VNC server', () => {
    expect(graphics('vnc = 1')).to.deep.equal([{ kind: 'vnc', display: 'free', listen: '127.0.0.1' }]);
  });

  it('are a VNC server with a display number, address, password and keymap', () => {
    expect(
      graphics(
        'vnc = 1',
        'vncunused = 0',
        'vncdisplay = 5',
        'vnclisten = "0.0.0.0"',
        'vncpasswd = "p"',
        'keymap = "de"',
      ),
    ).to.deep.equal([{ kind: 'vnc', display: 5, listen: '0.0.0.0', password: 'p', keymap: 'de' }]);
  });

  it('are a VNC server with a display number after the address', () => {
    expect(graphics('vnc = 1', 'vncunused = 0', 'vnclisten = "0.0.0.0:7"')).to.deep.equal([
      { kind: 'vnc', display: 7, listen: '0.0.0.0' },
    ]);
  });

  it('are an SDL window', () => {
    expect(graphics('vnc = 0', 'sdl = 1', 'display = ":1"', 'xauthority = "/x"')).to.deep.equal([
      { kind: 'sdl', display: ':1', xauthority: '/x' },
    ]);
  });

  it("are also xl's own VNC server beside an SDL window, unless it is disabled", () => {
    expect(graphics('sdl = 1').map(({ kind }) => kind)).to.deep.equal(['vnc', 'sdl']);
  });

  it('are an SDL window alone, without diagnostics in both directions', () => {
    const config = hvmConfig('vnc = 0', 'sdl = 1');
    expect(settingsOf(convert(config).output ?? '').found).to.deep.equal([]);
  });

  it('are a SPICE server, without a clipboard by default', () => {
    expect(
      graphics(
        'vnc = 0',
        'spice = 1',
        'spicehost = "127.0.0.1"',
        'spiceport = 5901',
        'spicetls_port = 5902',
        'spicedisable_ticketing = 0',
        'spicepasswd = "p"',
        'spiceagent_mouse = 0',
        'spicevdagent = 1',
        'spice_clipboard_sharing = 1',
      ),
    ).to.deep.equal([
      {
        kind: 'spice',
        port: 5901,
        tlsPort: 5902,
        listen: '127.0.0.1',
        password: 'p',
        agentMouse: false,
        clipboard: true,
        agent: true,
      },
    ]);
  });

  it('are VNC on loopback by default, and none with vnc = 0', () => {
    expect(graphics()).to.deep.equal([{ kind: 'vnc', display: 'free', listen: '127.0.0.1' }]);
    const { domain, found } = read(hvmConfig('vnc = 0'));
    expect([domain.graphics, domain.preserved.settings, found]).to.deep.equal([[], [], []]);
    expect(convert(convert(hvmConfig('vnc = 0')).output ?? '').output).to.match(/^vnc = 0$/m);
  });

  it('listen on every address if the address is empty, and SPICE also without an address', () => {
    for (const listen of ['""', '":5"']) {
      expect(graphics(`vnclisten = ${listen}`)).to.have.nested.property('[0].listen', '0.0.0.0');
    }
    const spice = ['vnc = 0', 'spice = 1', 'spiceport = 5901', 'spicedisable_ticketing = 1'];
    for (const lines of [spice, [...spice, 'spicehost = ""']]) {
      expect(graphics(...lines)).to.have.nested.property('[0].listen', '0.0.0.0');
    }
  });
});

describe("a PV guest's framebuffer in an xl.cfg", () => {
  it('is a VNC server, unless specified otherwise', () => {
    expect(framebuffer('vnc=1')).to.deep.equal([{ kind: 'vnc', display: 'free', listen: '127.0.0.1' }]);
    expect(framebuffer('type=vnc')).to.deep.equal([{ kind: 'vnc', display: 'free', listen: '127.0.0.1' }]);
    expect(framebuffer('sdl=1,vnc=0,display=:1,xauthority=/x')).to.deep.equal([
      { kind: 'sdl', display: ':1', xauthority: '/x' },
    ]);
  });

  it('has a display number, address, password and keymap', () => {
    expect(framebuffer('vncunused=0,vncdisplay=5,vnclisten=0.0.0.0,vncpasswd=p,keymap=de')).to.deep.equal([
      { kind: 'vnc', display: 5, listen: '0.0.0.0', password: 'p', keymap: 'de' },
    ]);
  });

  it('reports unknown parameters', () => {
    expect(read(pvConfig(`vfb = [ 'vnc=1,foo=1' ]`)).found).to.deep.equal(['xl-ignored: foo=1']);
    expect(read(pvConfig(`vfb = [ 'foo,vnc=1' ]`)).found).to.deep.equal(['xl-ignored: foo']);
  });

  it('can be one of several, each of which is a <graphics>', () => {
    const config = pvConfig(`vfb = [ 'vnc=1', 'vnc=1,vncunused=0,vncdisplay=3,vncpasswd=p', 'sdl=1,vnc=0' ]`);
    const { elements, found } = elementsOf(config, 'graphics');
    expect(elements.map((text) => text.replace(/>.*/, '>'))).to.deep.equal([
      "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>",
      "<graphics type='vnc' port='5903' autoport='no' listen='127.0.0.1' passwd='p'>",
      "<graphics type='sdl'/>",
    ]);
    expect(found).to.deep.equal([]);
    const back = settingsOf(convert(config).output ?? '');
    expect(back.found).to.deep.equal([]);
    expect(back.settings['vfb']).to.equal(
      '[ "type=vnc,vncunused=1,vnclisten=127.0.0.1", ' +
        '"type=vnc,vncunused=0,vncdisplay=3,vnclisten=127.0.0.1,vncpasswd=p", "type=sdl,sdl=1,vnc=0" ]',
    );
  });

  it('is the first one only to libvirt, which reports no other', () => {
    const { elements, found } = elementsOf(pvConfig(`vfb = [ 'vnc=1', 'sdl=1' ]`), 'graphics', {
      profile: 'libvirt',
    });
    expect([elements.length, found]).to.deep.equal([1, [`unsupported: 'sdl=1'`]]);
  });
});

describe('graphics written to an xl.cfg', () => {
  it('are a VNC server on a free display', () => {
    for (const xml of [
      `<graphics type='vnc'/>`,
      `<graphics type='vnc' port='-1' autoport='yes'/>`,
      `<graphics type='vnc' port='5905' autoport='yes'/>`,
    ]) {
      expect(block(hvmXml(xml), displayKeys)).to.deep.equal([
        'sdl = 0',
        'vnc = 1',
        'vncunused = 1',
        'vnclisten = "127.0.0.1"',
      ]);
    }
  });

  it('are a VNC server on a port', () => {
    const xml = hvmXml(
      `<graphics type='vnc' port='5905' autoport='no' listen='0.0.0.0' passwd='p' keymap='de'><listen type='address' address='0.0.0.0'/></graphics>`,
    );
    expect(block(xml, displayKeys)).to.deep.equal([
      'sdl = 0',
      'vnc = 1',
      'vncunused = 0',
      'vncdisplay = 5',
      'vnclisten = "0.0.0.0"',
      'vncpasswd = "p"',
      'keymap = "de"',
    ]);
    expect(settingsOf(xml).found).to.deep.equal([]);
  });

  it("reject a port below VNC's first display, or an invalid one", () => {
    for (const port of ['5899', '65536', 'x']) {
      expect(settingsOf(hvmXml(`<graphics type='vnc' port='${port}'/>`)).found).to.deep.equal([
        `value-invalid: port='${port}'`,
      ]);
    }
  });

  it('are an SDL window', () => {
    expect(block(hvmXml(`<graphics type='sdl' display=':1' xauth='/x'/>`), displayKeys)).to.deep.equal([
      'sdl = 1',
      'vnc = 0',
      'display = ":1"',
      'xauthority = "/x"',
    ]);
  });

  it('are a SPICE server', () => {
    const xml = hvmXml(
      `<graphics type='spice' port='5901' tlsPort='5902' listen='0.0.0.0' passwd='p'><mouse mode='client'/><clipboard copypaste='no'/></graphics>`,
    );
    expect(block(xml, spiceKeys)).to.deep.equal([
      'sdl = 0',
      'vnc = 0',
      'spice = 1',
      'spicehost = "0.0.0.0"',
      'spiceport = 5901',
      'spicetls_port = 5902',
      'spicedisable_ticketing = 0',
      'spicepasswd = "p"',
      'spiceagent_mouse = 1',
      'spicevdagent = 1',
    ]);
  });

  it('require a ticket only if there is a password', () => {
    expect(
      block(hvmXml(`<graphics type='spice' port='5901'/>`), ['spicedisable_ticketing', 'spicepasswd']),
    ).to.deep.equal(['spicedisable_ticketing = 1']);
  });

  it('are on loopback without an address, and disabled explicitly without a display', () => {
    for (const listen of ['', `<listen type='address'/>`]) {
      const xml = hvmXml(`<graphics type='spice' autoport='yes'>${listen}</graphics>`);
      expect(settingsOf(xml).settings['spicehost']).to.equal('"127.0.0.1"');
      const vnc = hvmXml(`<graphics type='vnc'>${listen}</graphics>`);
      expect(settingsOf(vnc).settings['vnclisten']).to.equal('"127.0.0.1"');
    }
    expect(settingsOf(hvmXml()).settings['vnc']).to.equal('0');
    expect(settingsOf(hvmXml(), { profile: 'libvirt' }).settings['vnc']).to.equal(undefined);
    expect(settingsOf(pvXml()).settings['vnc']).to.equal(undefined);
  });

  it('are omitted if xl would make them more reachable', () => {
    for (const display of [
      `<graphics type='spice' autoport='yes'><listen type='none'/></graphics>`,
      `<graphics type='spice'/>`,
      `<graphics type='vnc'><listen type='socket'/></graphics>`,
      `<graphics type='vnc' passwd='p' passwdValidTo='2099-01-01T00:00:01' socket='/s'/>`,
      `<graphics type='spice'><listen type='socket' socket='/s'/></graphics>`,
      `<graphics type='vnc' passwd='p' passwdValidTo='1970-01-01T00:00:01'/>`,
      `<graphics type='spice' autoport='yes' passwd='p' passwdValidTo='2099-01-01T00:00:01'/>`,
      `<graphics type='spice' autoport='yes' defaultMode='secure'/>`,
    ]) {
      const { settings, found } = settingsOf(hvmXml(display));
      expect([settings['vnc'], settings['spice']], display).to.deep.equal(['0', undefined]);
      expect(found, display).to.have.lengthOf(1);
      expect(found[0], display).to.match(/^unsupported: <graphics/);
    }
    const tls = `<graphics type='spice' port='5901' tlsPort='5902' defaultMode='secure'/>`;
    expect(block(hvmXml(tls), ['spiceport', 'spicetls_port'])).to.deep.equal([
      'spiceport = 0',
      'spicetls_port = 5902',
    ]);
  });

  it('have a port for SPICE, because xl cannot choose one', () => {
    const { settings, found } = settingsOf(hvmXml(`<graphics type='spice' autoport='yes'/>`));
    expect([settings['spiceport'], found]).to.deep.equal([
      '5900',
      [`spice-port: <graphics type='spice' autoport='yes'/>`],
    ]);
    const tls = settingsOf(hvmXml(`<graphics type='spice' tlsPort='5902'/>`));
    expect([tls.settings['spiceport'], tls.settings['spicetls_port'], tls.found]).to.deep.equal([
      '0',
      '5902',
      [],
    ]);
  });

  it("are written in libvirt's order, SPICE after the disks", () => {
    const { keys } = settingsOf(
      hvmXml(
        `<disk type='file'><source file='/d'/><target dev='hda' bus='ide'/></disk><graphics type='spice' port='5901'/>`,
      ),
    );
    expect(keys.slice(keys.indexOf('disk'), keys.indexOf('disk') + 4)).to.deep.equal([
      'disk',
      'sdl',
      'vnc',
      'spice',
    ]);
  });

  it('of a PV guest are a framebuffer, written for xl and for libvirt', () => {
    expect(
      block(pvXml(`<graphics type='vnc' port='5905' listen='0.0.0.0' passwd='p'/>`), displayKeys),
    ).to.deep.equal(['vfb = [ "type=vnc,vncunused=0,vncdisplay=5,vnclisten=0.0.0.0,vncpasswd=p" ]']);
    expect(block(pvXml(`<graphics type='sdl' display=':1'/>`), displayKeys)).to.deep.equal([
      'vfb = [ "type=sdl,sdl=1,vnc=0,display=:1" ]',
    ]);
  });

  it('of a PV guest cannot contain a comma', () => {
    const xml = pvXml(`<graphics type='vnc' passwd='p,vnclisten=0.0.0.0'/>`);
    const { settings, found } = settingsOf(xml);
    expect([settings['vfb'], found]).to.deep.equal([
      undefined,
      [`xl-unrepresentable: <graphics type='vnc' passwd='p,vnclisten=0.0.0.0'/>`],
    ]);
  });

  it('that xl does not support are omitted with a warning', () => {
    const second = `<graphics type='spice' port='5901'/>`;
    expect(settingsOf(hvmXml(`<graphics type='spice' port='5900'/>${second}`)).found).to.deep.equal([
      `unsupported: ${second}`,
    ]);
    expect(settingsOf(pvXml(second)).found).to.deep.equal([`unsupported: ${second}`]);
    expect(settingsOf(hvmXml(`<graphics type='rdp'/>`)).found).to.deep.equal([
      `unsupported: <graphics type='rdp'/>`,
    ]);
  });
});

describe('graphics converted from xl.cfg to XML', () => {
  it('are elements with the <listen> that libvirt adds', () => {
    expect(elementsOf(hvmConfig('vnc = 1', 'vnclisten = "0.0.0.0"'), 'graphics').elements).to.deep.equal([
      `<graphics type='vnc' port='-1' autoport='yes' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/></graphics>`,
    ]);
    expect(
      elementsOf(
        hvmConfig('vnc = 0', 'spice = 1', 'spiceport = 5901', 'spicedisable_ticketing = 1'),
        'graphics',
      ).elements,
    ).to.deep.equal([
      `<graphics type='spice' port='5901' autoport='no' listen='0.0.0.0'><listen type='address' address='0.0.0.0'/></graphics>`,
    ]);
  });

  it('keep the password', () => {
    const xml =
      convert(hvmConfig('vnc = 0', 'spice = 1', 'spiceport = 5901', 'spicepasswd = "p"')).output ?? '';
    expect(xml).to.include(`passwd='p'`);
    expect(convert(xml).output).to.include('spicedisable_ticketing = 0\nspicepasswd = "p"\n');
  });
});

describe('SDL in a framebuffer', () => {
  for (const vfb of ['sdl=1', 'sdl=1,vnc=1']) {
    it(`is omitted with a warning beside VNC, which is on by default: ${vfb}`, () => {
      const { elements, found } = elementsOf(pvConfig(`vfb = [ "${vfb}" ]`), 'graphics');
      expect(elements.map((text) => text.slice(0, 20))).to.deep.equal([`<graphics type='vnc'`]);
      expect(found).to.deep.equal([`unsupported: "${vfb}"`]);
    });
  }

  it('is kept without VNC', () => {
    const { elements, found } = elementsOf(pvConfig('vfb = [ "sdl=1,vnc=0" ]'), 'graphics');
    expect(elements).to.deep.equal([`<graphics type='sdl'/>`]);
    expect(found).to.deep.equal([]);
  });
});

describe('image compression and streaming of SPICE', () => {
  const config = hvmConfig(
    'spice = 1',
    'vnc = 0',
    'spiceport = 5930',
    'spicehost = "127.0.0.1"',
    'spicedisable_ticketing = 1',
    'spice_image_compression = "lz"',
    'spice_streaming_video = "filter"',
  );

  it('are converted in both directions', () => {
    const { output = '' } = convert(config);
    expect(output).to.include("<image compression='lz'/>").and.include("<streaming mode='filter'/>");
    const { settings, found } = settingsOf(output);
    expect(found).to.deep.equal([]);
    expect(settings['spice_image_compression']).to.equal('"lz"');
    expect(settings['spice_streaming_video']).to.equal('"filter"');
  });

  it('are rejected if QEMU does not support them', () => {
    expect(convert(config.replace('"lz"', '"zz"')).output).to.equal(undefined);
  });
});

describe('VNC at an IPv6 address', () => {
  const listens = (vnclisten: string): readonly unknown[] => {
    const config = hvmConfig('vnc = 1', 'vncunused = 0', `vnclisten = "${vnclisten}"`);
    const { domain, found } = read(config);
    const [vnc] = domain.graphics;
    return [vnc?.kind === 'vnc' ? [vnc.listen, vnc.display] : undefined, found];
  };

  it('has its display after the last colon, as QEMU reads it', () => {
    expect(listens('[::1]:5')).to.deep.equal([['::1', 5], []]);
    expect(listens('::1:5')).to.deep.equal([['::1', 5], []]);
    expect(listens('[fe80::1%eth0]:5')).to.deep.equal([['fe80::1%eth0', 5], []]);
  });

  it('without a display is read with a warning: QEMU rejects it', () => {
    for (const text of ['::1', '[::1]', '::', 'fe80::a%eth0']) {
      const [read, found] = listens(text);
      expect([read, found], text).to.deep.equal([
        [text.replace(/[[\]]/g, ''), 0],
        ['xl-nonstandard-syntax: vnc'],
      ]);
    }
  });

  it('is written in brackets, with its display', () => {
    const xml = hvmXml(`<graphics type='vnc' port='5900' listen='::1'/>`);
    expect(settingsOf(xml).settings['vnclisten']).to.equal('"[::1]:0"');
  });

  it('has no other display, which libxl rejects, in vnclisten and in a vfb', () => {
    for (const config of [
      hvmConfig('vnc = 1', 'vnclisten = "::1"', 'vncdisplay = 3'),
      pvConfig(`vfb = [ 'vnclisten=[::1]:5,vncdisplay=3' ]`),
    ]) {
      const { output, diagnostics } = convert(config);
      expect(output).to.equal(undefined);
      expect(diagnostics.map(({ message }) => message)).to.include(
        'xl rejects a VNC display both in vnclisten and in vncdisplay',
      );
    }
  });
});

describe('VNC on a Unix socket', () => {
  it('is converted from XML, and preserved there: libvirt would open a port', () => {
    for (const display of [
      `<graphics type='vnc' passwd='p'><listen type='socket' socket='/run/v'/></graphics>`,
      `<graphics type='vnc' passwd='p' socket='/run/v'/>`,
      `<graphics type='vnc' passwd='p' socket='/run/v'><listen type='socket' socket='/run/v'/></graphics>`,
    ]) {
      const xml = hvmXml(display);
      expect(block(xml, displayKeys), display).to.deep.equal([
        'sdl = 0',
        'vnc = 1',
        'vncunused = 0',
        'vnclisten = "unix:/run/v"',
        'vncpasswd = "p"',
      ]);
      expect(settingsOf(xml).found).to.deep.equal([]);
      const config = convert(xml).output ?? '';
      const { output = '', diagnostics } = convert(config);
      expect(output).not.to.include('<graphics');
      expect(diagnostics.map(({ code }) => code)).to.include('not-implemented');
      expect(convert(output).output).to.equal(config);
    }
  });

  it('is converted for a PV guest, and back', () => {
    const config = pvConfig(`vfb = [ 'vncunused=0,vnclisten=unix:/run/v' ]`);
    const { output = '' } = convert(config);
    expect(output).not.to.include('<graphics');
    expect(settingsOf(output).settings['vfb']).to.equal('[ "type=vnc,vncunused=0,vnclisten=unix:/run/v" ]');
  });

  it('is not searched for a free display, which QEMU rejects', () => {
    expect(read(hvmConfig('vnc = 1', 'vnclisten = "unix:/run/v"')).found).to.deep.equal([
      'value-invalid: vnc',
    ]);
  });

  it('cannot inject options of QEMU', () => {
    const xml = hvmXml(
      `<graphics type='vnc'><listen type='socket' socket='/run/v,password=off'/></graphics>`,
    );
    expect(convert(xml).output).to.equal(undefined);
  });
});

describe('a display on a network of libvirt', () => {
  it('has the address that libvirt filled in', () => {
    for (const type of ['vnc', 'spice']) {
      const listen = "<listen type='network' network='lan' address='192.0.2.1'/>";
      const attributes = `type='${type}' port='5901' autoport='no'`;
      for (const xml of [
        kvmXml(`<graphics ${attributes}>${listen}</graphics>`),
        kvmXml(`<graphics ${attributes} listen='192.0.2.1'>${listen}</graphics>`),
      ]) {
        const key = type === 'vnc' ? 'vnclisten' : 'spicehost';
        expect(settingsOf(xml).settings[key]).to.equal('"192.0.2.1"');
        expect(settingsOf(xml).found).to.deep.equal([]);
        const { output = '', diagnostics } = adapt(xml);
        expect(output).to.match(/<listen type='address' +address='192.0.2.1'\/>/);
        expect(diagnostics.map(({ code }) => code)).not.to.include('no-effect');
        expect(adapt(output).output).to.equal(output);
      }
    }
  });

  it('is on loopback with a warning if its address is unknown', () => {
    const xml = kvmXml("<graphics type='vnc'><listen type='network' network='lan'/></graphics>");
    expect(settingsOf(xml).settings['vnclisten']).to.equal('"127.0.0.1"');
    expect(settingsOf(xml).found).to.have.length(1);
    expect(adapt(xml).diagnostics.map(({ code }) => code)).to.include('no-effect');
  });
});

describe('a SPICE display that requires TLS', () => {
  const spice = (port: string, channels: string): string =>
    hvmXml(`<graphics type='spice' ${port} autoport='no'>${channels}</graphics>`).replace("'xen'", "'kvm'");
  const secure = "<channel name='main' mode='secure'/><channel name='inputs' mode='secure'/>";

  it('has a TLS port only, so that no channel loses its protection: oVirt writes eight of them', () => {
    const { settings, found } = settingsOf(spice("port='5900' tlsPort='5901'", secure));
    expect(settings).to.include({ spiceport: '0', spicetls_port: '5901' });
    expect(found).to.deep.equal([]);
  });

  it('is reported if a channel must not require it', () => {
    const { found } = settingsOf(
      spice("port='5900' tlsPort='5901'", `${secure}<channel name='record' mode='insecure'/>`),
    );
    expect(found).to.have.lengthOf(1);
    expect(found[0]).to.include("mode='insecure'");
  });
});
