import { assert } from 'chai';
import { convert, renderDiagnostics, type ConvertOptions } from '../lib/index.js';

/** A step that takes this long can be judged, in milliseconds. */
const judgedMs = 50;

/**
 * An input four times as long may take so many times as long: linear work takes 4, quadratic 16.
 * A step that takes longer is looked at again with an input twice as long as that: 2 or 4.
 */
const maximumRatio = 5.5;
const maximumRatioOfTwice = 3.1;

/** What the whole input may take, in milliseconds. Where the steps stop early it is reckoned from them. */
const maximumMs = 12_000;

/** What the whole input may take even if it grows with its square, in milliseconds. */
const tolerableMs = 3000;

/** Goes on to the whole input, where steps otherwise end with the first that can be judged. */
const isThorough = process.env['VIRT2XEN_THOROUGH'] !== undefined;

function measure(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** The shortest of some runs. */
const best = (run: () => unknown, runs: number): number =>
  Math.min(...Array.from({ length: runs }, () => measure(run)));

/**
 * Runs with an input of growing size, four times as long each time, until it takes long enough to
 * be judged, or is whole. One slow step says little: texts of a megabyte live in another part of
 * the heap than short ones, and the garbage collector comes when it likes.
 */
function assertLinear(whole: number, run: (size: number) => () => unknown): void {
  let size = Math.max(1, Math.ceil(whole / 4 ** 4));
  let before = best(run(size), 2);
  while (size < whole) {
    const next = Math.min(size * 4, whole);
    const step = run(next);
    const isBad = (took: number): boolean => {
      const atWorst = took * (whole / next) ** 2;
      return (took > before * maximumRatio && atWorst > tolerableMs) || (took * whole) / next > maximumMs;
    };
    const once = measure(step);
    const took = isBad(once) && once < 400 ? Math.min(once, best(step, 2)) : once;
    if (took > judgedMs) {
      if (isBad(took)) assertTwice(Math.min(next, Math.floor(whole / 2)), run);
      const reckoned = (took * whole) / next;
      assert.isBelow(reckoned, maximumMs, `milliseconds for ${whole}: ${took.toFixed(1)} for ${next}`);
      if (!isThorough) return;
    }
    [size, before] = [next, took];
  }
}

function assertTwice(size: number, run: (size: number) => () => unknown): void {
  let what = '';
  for (let attempt = 0; attempt < 3; attempt++) {
    const [half, twice] = [best(run(size), 2), measure(run(size * 2))];
    if (twice < half * maximumRatioOfTwice) return;
    what = `${half.toFixed(1)} ms for ${size}, ${twice.toFixed(1)} ms for ${size * 2}`;
    // So long a run leaves no doubt: no pause of the garbage collector takes that long.
    if (twice > 1500) break;
  }
  assert.fail(`grows faster than the input: ${what}`);
}

const times = (size: number, make: (index: number) => string, between = ''): string =>
  Array.from({ length: size }, (_, index) => make(index)).join(between);

const xmlWith = (parts: { readonly top?: string; readonly devices?: string }): string =>
  `<domain type='xen'><name>a</name>${parts.top ?? ''}<memory>1024</memory><os><type>hvm</type></os>` +
  `<devices>${parts.devices ?? ''}</devices></domain>`;
const devices = (text: string): string => xmlWith({ devices: text });
const top = (text: string): string => xmlWith({ top: text });
const cfg = (text: string): string => `name = "a"\ntype = "hvm"\nmemory = 1\n${text}\n`;
const preserved = (piece: unknown, parent = '.'): string =>
  `# virt2xen:kept ${parent} ${JSON.stringify(piece)}\n`;
const settings = (text: string): string =>
  top(`<metadata><v:xl xmlns:v='urn:virt2xen:1'>${text}</v:xl></metadata>`);

interface Case {
  readonly name: string;
  /** How many of them: some MiB in all, unless a smaller number says more. */
  readonly whole: number;
  readonly make: (size: number) => string;
  readonly options?: ConvertOptions;
}

const of = (name: string, whole: number, make: (size: number) => string, options?: ConvertOptions): Case => ({
  name,
  whole,
  make,
  ...(options && { options }),
});

const xmlCases: readonly Case[] = [
  of('elements in each other', 600_000, (n) => devices('<a>'.repeat(n) + '</a>'.repeat(n))),
  of('open elements', 1_000_000, (n) => `<domain>${'<a>'.repeat(n)}`),
  of('attributes that nobody reads', 100_000, (n) =>
    devices(`<emulator ${times(n, (i) => `a${i}='1'`, ' ')}/>`),
  ),
  of('attributes of an unknown element', 100_000, (n) =>
    devices(`<a ${times(n, (i) => `a${i}='1'`, ' ')}/>`),
  ),
  of('attributes of as many namespaces', 100_000, (n) =>
    devices(`<a ${times(n, (i) => `a${i}:b='1'`, ' ')} x='1'/>`),
  ),
  of('namespaces that are declared', 100_000, (n) =>
    top(`<metadata ${times(n, (i) => `xmlns:a${i}='u'`, ' ')}>${times(n, (i) => `<a${i}:b/>`)}</metadata>`),
  ),
  of('attributes with a bad reference', 60_000, (n) =>
    devices(`<emulator ${times(n, (i) => `a${i}='&amp;&x;'`, ' ')}/>`),
  ),
  of("attributes with a '<'", 100_000, (n) => devices(`<emulator ${times(n, (i) => `a${i}='<'`, ' ')}/>`)),
  of('the same attribute again', 400_000, (n) => devices(`<emulator ${"a='1' ".repeat(n)}/>`)),
  of('references in a text', 800_000, (n) => devices(`<emulator>${'&amp;'.repeat(n)}</emulator>`)),
  of('references in an attribute', 800_000, (n) => devices(`<emulator a='${'&amp;'.repeat(n)}'/>`)),
  of('references to nothing', 400_000, (n) => devices(`<emulator>${times(n, (i) => `&a${i};`)}</emulator>`)),
  of('characters in a text', 2_000_000, (n) => devices(`<emulator>${'x'.repeat(n)}</emulator>`)),
  of('characters in an attribute', 2_000_000, (n) => devices(`<emulator a='${'x'.repeat(n)}'/>`)),
  of('characters in a name', 2_000_000, (n) => devices(`<${'x'.repeat(n)}/>`)),
  of('blanks in a tag', 2_000_000, (n) => devices(`<emulator${' '.repeat(n)}/>`)),
  of('blanks in a text', 2_000_000, (n) => devices(`<emulator>a${' '.repeat(n)}b</emulator>`)),
  of('blanks before the root', 2_000_000, (n) => ' '.repeat(n) + devices('')),
  of('comments', 200_000, (n) => devices(`<!-- it's "a" -->`.repeat(n))),
  of('comments after the root', 200_000, (n) => devices('') + `<!-- it's "a" -->`.repeat(n)),
  of('processing instructions with quotes', 200_000, (n) => devices(`<?pi it's "a" ?>`.repeat(n))),
  of('CDATA sections', 200_000, (n) => devices(`<emulator>${'<![CDATA[<a>]]>'.repeat(n)}</emulator>`)),
  of('unclosed comments', 1_000_000, (n) => devices('<!--'.repeat(n))),
  of('unclosed tags', 2_000_000, (n) => devices('<a '.repeat(n))),
  of("'<'", 2_000_000, (n) => '<'.repeat(n)),
  of('quotes in a tag', 2_000_000, (n) => devices(`<a ${`"`.repeat(n)}/>`)),
  of('unknown elements', 400_000, (n) => devices('<a b=""/>'.repeat(n))),
  of('unknown elements of as many names', 300_000, (n) => devices(times(n, (i) => `<a${i}/>`))),
  of('unknown elements, kept', 200_000, (n) => devices(`<a b="'"/>`.repeat(n)), { keep: true }),
  of('elements with an attribute that nobody reads', 60_000, (n) =>
    devices(times(n, () => `<input type='tablet' bus='usb' a='b'/>`)),
  ),
  of('metadata', 200_000, (n) => top('<metadata><a/></metadata>'.repeat(n))),
  of('channels', 30_000, (n) =>
    devices(times(n, (i) => `<channel type='pty'><target type='xen' name='c${i}'/></channel>`)),
  ),
  of('channels with sockets', 30_000, (n) =>
    devices(
      times(
        n,
        (i) => `<channel type='unix'><source path='/s${i}'/><target type='xen' name='c${i}'/></channel>`,
      ),
    ),
  ),
  of("channels of SPICE's agent", 50_000, (n) =>
    devices("<channel type='spicevmc'><target type='virtio' name='a'/></channel>".repeat(n)),
  ),
  of('disks with odd names', 40_000, (n) =>
    devices(times(n, (i) => `<disk type='file'><source file='/i'/><target dev='odd${i}'/></disk>`)),
  ),
  of('disks that all want one name', 40_000, (n) =>
    devices(
      times(n, (i) => `<disk type='file'><source file='/i'/><target dev='vda${i}' bus='virtio'/></disk>`),
    ),
  ),
  of('cdroms', 40_000, (n) =>
    devices(times(n, (i) => `<disk type='file' device='cdrom'><target dev='sd${i}'/></disk>`)),
  ),
  of('interfaces', 40_000, (n) =>
    devices("<interface type='bridge'><source bridge='b'/></interface>".repeat(n)),
  ),
  of('serial ports', 60_000, (n) => devices("<serial type='pty'><target port='0'/></serial>".repeat(n))),
  of('addresses of an interface', 100_000, (n) =>
    devices(`<interface type='ethernet'>${"<ip address='10.0.0.1'/>".repeat(n)}</interface>`),
  ),
  of('a long list of CPUs', 1_000_000, (n) =>
    top(`<vcpu cpuset='${times(n, (i) => String(i % 9999), ',')}'>1</vcpu>`),
  ),
  of('a list of CPUs with exclusions', 4000, (n) =>
    top(`<vcpu cpuset='0-65535,${times(n, (i) => `^${i * 2}`, ',')}'>1</vcpu>`),
  ),
  of('digits of a number', 2_000_000, (n) => top(`<vcpu>${'9'.repeat(n)}</vcpu>`)),
  of('digits of an adjustment', 2_000_000, (n) =>
    top(`<clock offset='variable' adjustment='${'9'.repeat(n)}'/>`),
  ),
  of('kept settings', 400_000, (n) => settings(`<v:settings>${times(n, (i) => `a${i}=1\n`)}</v:settings>`)),
  of('kept settings in as many elements', 60_000, (n) =>
    settings(times(n, (i) => `<v:settings>a${i}=1</v:settings>`)),
  ),
  of('kept backends', 60_000, (n) => settings(times(n, (i) => `<v:channel name='${i}' backend='b'/>`))),
  of('lines that are not XML', 2_000_000, (n) => `<${'\n'.repeat(n)}`),
];

const xlCases: readonly Case[] = [
  of('additions to a text', 600_000, (n) => cfg("a+='x'\n".repeat(n))),
  of('additions to a list', 400_000, (n) => cfg("a+=['x']\n".repeat(n))),
  of('overridden settings', 1_000_000, (n) => cfg('a=1\n'.repeat(n))),
  of('unknown settings', 400_000, (n) => cfg(times(n, (i) => `a${i}=1\n`))),
  of('open lists', 2_000_000, (n) => cfg(`a = ${'['.repeat(n)}`)),
  of('open lists, one a line', 1_000_000, (n) => cfg('a=[\n'.repeat(n))),
  of('lists in a list', 1_000_000, (n) => cfg(`a = [${'[],'.repeat(n)}]`)),
  of('characters in a string', 2_000_000, (n) => cfg(`a = "${'x'.repeat(n)}"`)),
  of('escapes in a string', 2_000_000, (n) => cfg(`a = "${'\\n'.repeat(n)}"`)),
  of('unknown escapes', 400_000, (n) => cfg(`a = "${'\\q'.repeat(n)}"`)),
  of('characters in an unclosed string', 2_000_000, (n) => cfg(`a = "${'x'.repeat(n)}`)),
  of('unclosed strings', 1_000_000, (n) => cfg(`a="\n`.repeat(n))),
  of('triple quotes', 1_000_000, (n) => cfg(`${'"""'.repeat(n)}"`)),
  of('characters in a key', 2_000_000, (n) => cfg(`${'x'.repeat(n)} = 1`)),
  of('digits', 2_000_000, (n) => cfg(`vcpus = ${'9'.repeat(n)}`)),
  of('hexadecimal digits', 2_000_000, (n) => cfg(`vcpus = 0x${'f'.repeat(n)}`)),
  of('octal digits', 2_000_000, (n) => cfg(`vcpus = 0${'7'.repeat(n)}`)),
  of('garbage', 2_000_000, (n) => cfg('? '.repeat(n))),
  of('comments', 1_000_000, (n) => cfg('#\n'.repeat(n))),
  of('semicolons', 2_000_000, (n) => cfg(';'.repeat(n))),
  of('carriage returns', 1_000_000, (n) => cfg('\r\n'.repeat(n))),
  of('blanks', 2_000_000, (n) => cfg(`a =${' '.repeat(n)}1`)),
  of('channels', 120_000, (n) => cfg(`channel=[${times(n, (i) => `"connection=pty,name=c${i}"`, ',')}]`)),
  of('channels of one name', 120_000, (n) => cfg(`channel=[${'"connection=pty,name=c",'.repeat(n)}]`)),
  of('parameters of a channel', 1_000_000, (n) => cfg(`channel=["${'a=b,'.repeat(n)}"]`)),
  of('blanks in the name of a channel', 2_000_000, (n) =>
    cfg(`channel=["connection=pty,name=a${' '.repeat(n)}b"]`),
  ),
  of("'=' in a channel", 2_000_000, (n) => cfg(`channel=["connection=pty,name${'='.repeat(n)}"]`)),
  of('disks with odd names', 100_000, (n) => cfg(`disk=[${times(n, (i) => `"/i,raw,odd${i},w"`, ',')}]`)),
  of('parameters of a disk', 400_000, (n) => cfg(`disk=["/i,raw,xvda,w,${'discard,'.repeat(n)}"]`)),
  of('blanks in a disk', 2_000_000, (n) => cfg(`disk=["${' '.repeat(n)}/i,raw,xvda,w"]`)),
  of('prefixes of a disk', 800_000, (n) => cfg(`disk=["${'file:'.repeat(n)}/i,xvda,w"]`)),
  of('interfaces', 300_000, (n) => cfg(`vif=[${'"bridge=b",'.repeat(n)}]`)),
  of('addresses of an interface', 1_000_000, (n) => cfg(`vif=["ip=${'1 '.repeat(n)}"]`)),
  of('serial ports', 300_000, (n) => cfg(`serial=[${'"pty",'.repeat(n)}]`)),
  of('commas in a serial port', 2_000_000, (n) => cfg(`serial="unix:${','.repeat(n)}\\n"`)),
  of('colons in a serial port', 2_000_000, (n) => cfg(`serial="tcp:${':'.repeat(n)}"`)),
  of('ends of a UDP port', 2_000_000, (n) => cfg(`serial="udp:${'a:1@'.repeat(n)}"`)),
  of('colons in an address', 2_000_000, (n) => cfg(`vnc=1\nvnclisten="${':1'.repeat(n)}a"`)),
  of('letters of a boot order', 2_000_000, (n) => cfg(`boot="${'cdn'.repeat(n / 3)}"`)),
  of('unknown letters of a boot order', 1_000_000, (n) => cfg(`boot="${'x'.repeat(n)}"`)),
  of('a long list of CPUs', 1_000_000, (n) => cfg(`cpus="${times(n, (i) => String(i % 9999), ',')}"`)),
  of('a list of CPUs in as many strings', 100_000, (n) => cfg(`cpus=[${times(n, (i) => `"${i}"`, ',')}]`)),
  of('kept elements', 40_000, (n) => cfg(preserved({ kind: 'element', xml: '<title>x</title>' }).repeat(n))),
  of('kept elements in one device', 30_000, (n) =>
    cfg(
      `channel=["connection=pty,name=c"]\n${preserved({ kind: 'element', xml: '<a/>' }, 'devices/channel').repeat(n)}`,
    ),
  ),
  of('kept attributes', 40_000, (n) =>
    cfg(times(n, (i) => preserved({ kind: 'attribute', name: `a${i}`, value: '' }, 'devices'))),
  ),
  of('kept pieces with no place', 40_000, (n) =>
    cfg(times(n, (i) => preserved({ kind: 'element', xml: '<a/>' }, `a${i}/b`))),
  ),
  of('steps to the place of a kept piece', 1_000_000, (n) =>
    cfg(preserved({ kind: 'element', xml: '<a/>' }, `devices/${'a/'.repeat(n)}a`)),
  ),
  of('kept comments that are broken', 200_000, (n) => cfg('# virt2xen:kept . {\n'.repeat(n))),
  of('brackets in a kept comment', 2_000_000, (n) => cfg(`# virt2xen:kept . ${'['.repeat(n)}\n`)),
];

describe('properties: time grows no faster than the input', function () {
  this.timeout(60_000);
  for (const [format, cases] of [
    ['XML', xmlCases],
    ['xl.cfg', xlCases],
  ] as const) {
    describe(format, () => {
      for (const { name, whole, make, options } of cases) {
        it(`of ${name}`, () => {
          assertLinear(whole, (size) => {
            const input = make(size);
            return () => convert(input, { limit: 2 ** 26, ...options });
          });
        });
      }
    });
  }

  describe('of unknown format', () => {
    it('of newlines before something else', () => {
      // Its time doubles with each newline if it is wrong: 20 are enough to see it, and not too many to wait for.
      const took = (count: number): number => best(() => convert(`${'\n'.repeat(count)}!`), 3);
      took(10);
      const [short, long] = [took(17), took(21)];
      assert.isBelow(long, Math.max(short * 4, 2), `${short} ms for 17 newlines, ${long} ms for 21`);
      assertLinear(2_000_000, (size) => () => convert(`${'\n'.repeat(size)}!`));
    });

    it('of comments before something else', () => {
      const took = (count: number): number => best(() => convert(`${'#\n'.repeat(count)}!`), 3);
      took(10);
      const [short, long] = [took(17), took(21)];
      assert.isBelow(long, Math.max(short * 4, 2), `${short} ms for 17 comments, ${long} ms for 21`);
    });

    it('of bytes that are not UTF-8', () => {
      assertLinear(2_000_000, (size) => () => convert(new Uint8Array(size).fill(0xff)));
      assertLinear(2_000_000, (size) => {
        const bytes = new Uint8Array(size).fill(0x61);
        bytes[size - 1] = 0xff;
        return () => convert(bytes);
      });
    });
  });

  describe('of diagnostics to show', () => {
    const rendered = (input: string) => (): string => {
      const { diagnostics, source } = convert(input, { limit: 2 ** 26 });
      return renderDiagnostics(diagnostics, { file: 'f', source });
    };
    it('on a line each', () => {
      assertLinear(200_000, (size) => rendered(cfg(times(size, (i) => `a${i}=1\n`))));
    });
    it('on one line', () => {
      assertLinear(100_000, (size) => rendered(devices(times(size, (i) => `<a${i}/>`))));
    });
    it('of one kind on one line', () => {
      assertLinear(200_000, (size) => rendered(devices('<a/>'.repeat(size))));
    });
  });
});
