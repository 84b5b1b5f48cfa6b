import { expect } from 'chai';
import yargs from 'yargs';
import { dash } from '../../cli/files.js';
import { documentOptions } from '../../cli/commands/options.js';
import { defaultLimit, libvirtVersions, xenVersions } from '../../lib/document/options.js';
import { transportOptions } from '../../lib/document/transport.js';

/** The parsed options of a command line. */
function parse(...args: readonly string[]) {
  return documentOptions(yargs([...args]))
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error ?? new Error(message);
    })
    .strictOptions()
    .parseSync();
}

describe('the options of a document', () => {
  it('have defaults', () => {
    const { from, to, xen, libvirt, network, channelSyntax, keep, strict, maxInputSize, json, quiet } =
      parse();
    expect({
      from,
      to,
      xen,
      libvirt,
      network,
      channelSyntax,
      keep,
      strict,
      maxInputSize,
      json,
      quiet,
    }).to.deep.equal({
      from: undefined,
      to: undefined,
      xen: undefined,
      libvirt: undefined,
      network: {},
      channelSyntax: undefined,
      keep: undefined,
      strict: false,
      maxInputSize: defaultLimit,
      json: false,
      quiet: false,
    });
  });

  for (const xen of xenVersions) {
    it(`accept --xen ${xen} as text, not as a number`, () => {
      expect(parse('--xen', xen).xen).to.equal(xen);
      expect(parse(`--xen=${xen}`).xen).to.equal(xen);
    });
  }

  for (const libvirt of libvirtVersions) {
    it(`accept --libvirt ${libvirt} as text, not as a number`, () => {
      expect(parse('--libvirt', libvirt).libvirt).to.equal(libvirt);
    });
  }

  for (const transport of transportOptions) {
    it(`accept --transport ${transport}`, () => {
      expect(parse('--transport', transport).transport).to.equal(transport);
    });
  }

  it('accept --channel-syntax 2014 and current', () => {
    expect(parse('--channel-syntax', '2014').channelSyntax).to.equal('2014');
    expect(parse('--channel-syntax=current').channelSyntax).to.equal('current');
  });

  it('accept --keep and --no-keep', () => {
    expect([parse('--keep').keep, parse('--no-keep').keep]).to.deep.equal([true, false]);
  });

  it('accept --network several times, and use the last bridge of a network', () => {
    const { network } = parse('--network', 'a=br0', '--network', 'b=x=y', '--network', 'a=br1');
    expect(network).to.deep.equal({ a: 'br1', b: 'x=y' });
  });

  it('accept a network of any name', () => {
    expect(
      Object.entries(parse('--network', '__proto__=br0', '--network', 'constructor=br1').network),
    ).to.deep.equal([
      ['__proto__', 'br0'],
      ['constructor', 'br1'],
    ]);
  });

  it('reject a network without a name or bridge', () => {
    for (const value of ['n', '=br0', 'n=', '']) {
      expect(() => parse('--network', value), value).to.throw(/NAME=BRIDGE/);
    }
  });

  it('accept a limit in bytes, and reject invalid ones', () => {
    expect(parse('--max-input-size', '5').maxInputSize).to.equal(5);
    for (const value of ['0', '-5', '1.5', 'x', '']) {
      expect(() => parse(`--max-input-size=${value}`), value).to.throw(/number of bytes/);
    }
  });

  it('reject unknown options', () => {
    expect(() => parse('--xen', '3.0')).to.throw(/4\.17/);
    expect(() => parse('--from', 'json')).to.throw(/libvirt/);
    expect(() => parse('--foo')).to.throw(/foo/);
  });

  it('accept file names unchanged, also numbers and - for standard input', () => {
    for (const files of [[dash], ['a.xml', dash], [dash, 'b.xml'], ['007', '1e3']]) {
      const parsed = yargs([...files])
        .command('$0 [files..]', 'test', (y) => documentOptions(y))
        .exitProcess(false)
        .parseSync();
      expect(parsed['files'], files.join(' ')).to.deep.equal(files);
    }
  });
});
