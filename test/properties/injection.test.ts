import { assert } from 'chai';
import fc from 'fast-check';
import { Report, type Diagnostic } from '../../lib/diagnostics/diagnostic.js';
import { convert, formatDomainXml, formatXlConfig, type Domain } from '../../lib/index.js';
import { parseXml } from '../../lib/libvirt/xml/parse.js';
import type { XmlElement } from '../../lib/libvirt/xml/element.js';
import type { XlValue } from '../../lib/xl-syntax/ast.js';
import { parseXlSyntax } from '../../lib/xl-syntax/parser.js';
import { smallest } from './generated-domain.js';
import { holds } from './property.js';
import { without } from './normalise.js';
import { errorsOf, readBack } from './round-trip.js';
import { encode, fill, templates, type Field, type Template } from './templates.js';
import { hostilePieces, plainWord, wildText } from './texts.js';

/** Lists whose strings contain parameters: their names are part of the shape. */
const deviceLists: ReadonlySet<string> = new Set(['vif', 'vfb', 'channel']);

/** With an IPv6 address, the display is part of the address; otherwise it is a setting or parameter. */
const displayKey = 'vncdisplay';

/** The settings in the syntax tree: keys, types, numbers of list items, and names of device parameters. */
function shapeOfXl(text: string): readonly string[] {
  const report = new Report();
  const { assignments, comments } = parseXlSyntax(text, report);
  assert.deepEqual(errorsOf(report.diagnostics), [], text);
  return [
    ...assignments
      .filter(({ key }) => key !== displayKey)
      .map(({ key, operator, value }) => `${key} ${operator} ${shapeOf(key, value)}`),
    ...comments.map(({ text: comment }) => (comment.startsWith(' virt2xen:kept ') ? '# kept' : '# other')),
  ];
}

function shapeOf(key: string, value: XlValue): string {
  // The number of words depends on the text.
  if (key === 'bootloader_args') return 'words';
  if (value.kind === 'list') return `[${value.items.map((item) => shapeOf(key, item)).join('; ')}]`;
  if (key === 'disk') {
    const [before = ''] = value.text.split(',target=', 1);
    return `${parameterNames(before)} target`;
  }
  if (key === 'device_model_args_hvm') return optionNames(value.text);
  if (deviceLists.has(key)) return parameterNames(value.text);
  return 'text';
}

/** A double comma is one of a value. */
const optionNames = (text: string): string =>
  text
    .replaceAll(',,', '')
    .split(',')
    .map((setting, place) => (place === 0 ? setting : setting.split('=', 1)[0]))
    .join(' ');

const parameterNames = (text: string): string =>
  text
    .split(',')
    .map((parameter) => parameter.split('=', 1)[0])
    .filter((name) => name !== displayKey)
    .join(' ');

/** Lists of texts, whose length depends on the text. */
const unshaped: ReadonlySet<string> = new Set(['preserved', 'addresses', 'xlParameters', 'bootloaderArgs']);

/** Everything in a model except texts, so that a serial port of another kind is a difference. */
function shapeOfModel(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shapeOfModel(item));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([key]) => !unshaped.has(key));
    return Object.fromEntries(entries.map(([key, item]) => [key, shapeOfModel(item, key)]));
  }
  const isKind = ['kind', 'mode', 'protocol', 'type'].includes(name) || value === 'disk' || value === 'cdrom';
  return isKind ? value : typeof value;
}

function shapeOfXml(text: string): string {
  const root = parseXml(text, new Report());
  assert(root, `our own output is not XML:\n${text}`);
  const walk = (element: XmlElement): string =>
    `<${[element.name, ...element.attributes.map(([name]) => name)].join(' ')}>${element.children.map(walk).join('')}`;
  return walk(root);
}

/** The conversion of a template with harmless texts, which each hostile text is compared with. */
interface Harmless {
  readonly warnings: number;
  readonly keys: readonly string[];
  readonly shape: readonly string[];
  readonly model: unknown;
}

const known = new Map<string, Harmless>();

function harmlessOf(template: Template, keep: boolean): Harmless {
  const key = `${template.name} ${keep}`;
  const harmless = known.get(key) ?? convertHarmless(template, keep);
  known.set(key, harmless);
  return harmless;
}

function convertHarmless(template: Template, keep: boolean): Harmless {
  const { output, diagnostics } = convert(fill(template), { keep, ...template.options });
  assert(output !== undefined, errorsOf(diagnostics).join('; '));
  return {
    warnings: warningsOf(diagnostics),
    keys: keysOf(output),
    shape: shapeOfXl(output),
    model: shapeOfModel(readBack(output, 'xl')),
  };
}

/** Fails unless a text in a field is rejected, or is the only difference from the harmless document. */
function assertContained(
  template: Template,
  name: string,
  field: Field,
  hostile: string,
  keep: boolean,
): void {
  const harmless = harmlessOf(template, keep);
  const { output, diagnostics } = convert(fill(template, name, hostile), { keep, ...template.options });
  assert.equal(output === undefined, errorsOf(diagnostics).length > 0);
  if (output === undefined) return;
  if (warningsOf(diagnostics) > harmless.warnings) {
    // Omitted with a warning: then nothing of it may be in the output.
    for (const key of keysOf(output)) assert.include(harmless.keys, key, output);
    return;
  }
  assert.deepEqual(shapeOfXl(output), harmless.shape, output);
  const domain = readBack(output, 'xl');
  assert.deepEqual(shapeOfModel(domain), harmless.model, output);
  if (!field.arrives) return;
  assert.equal(field.arrives(domain), expectedText(field, hostile), output);
}

const warningsOf = (diagnostics: readonly Diagnostic[]): number =>
  diagnostics.filter(({ severity }) => severity === 'warning').length;

const keysOf = (text: string): readonly string[] =>
  parseXlSyntax(text, new Report()).assignments.map(({ key }) => key);

/** The part of a text that must be in the output. */
function expectedText({ kind }: Field, text: string): string {
  switch (kind) {
    case 'raw':
    case 'path':
      return text;
    case 'text':
      return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    case 'words':
      return text
        .split(/[ \t\n\v\f\r]+/)
        .filter((word) => word !== '')
        .join(' ');
  }
}

/** A hostile text that does not only consist of blanks. */
const hostileText = fc
  .oneof(
    fc.tuple(plainWord, fc.constantFrom(...hostilePieces)).map(([word, piece]) => word + piece),
    fc
      .tuple(plainWord, fc.constantFrom(...hostilePieces), plainWord)
      .map(([before, piece, after]) => before + piece + after),
    wildText,
  )
  .filter((text) => text.trim() !== '');

describe('properties: no injection from XML', () => {
  for (const template of templates) {
    for (const [name, field] of Object.entries(template.fields)) {
      it(`through ${name} of ${template.name}`, () => {
        holds(
          fc.property(hostileText, fc.boolean(), (hostile, keep) => {
            assertContained(template, name, field, (field.kind === 'path' ? '/' : '') + hostile, keep);
          }),
        );
      });
    }
  }
});

/** A document whose metadata preserves settings of xl. */
const withMetadata = (preserved: string): string => `<domain type='xen'><name>a</name>
<metadata><v:xl xmlns:v='urn:virt2xen:1'>${preserved}</v:xl></metadata>
<memory>1048576</memory><os><type>linux</type><kernel>/k</kernel></os>
<devices>
  <disk type='file'><driver name='phy'/><source file='/img'/><target dev='xvda'/><readonly/></disk>
  <interface type='bridge'><source bridge='br0'/></interface>
  <channel type='unix'><source mode='bind' path='/s'/><target type='xen' name='c'/></channel>
</devices></domain>`;

describe('properties: no injection from preserved values', () => {
  /** Fails if the devices differ in more than preserved parameters of xl. */
  function assertDevicesStay(preserved: string): void {
    const { output, diagnostics } = convert(withMetadata(preserved));
    if (output === undefined) {
      assert.isNotEmpty(errorsOf(diagnostics));
      return;
    }
    const { disks, interfaces, channels } = readBack(output, 'xl');
    const bare = disks.map((disk) => without(disk, 'xlParameters'));
    const disk = {
      device: 'disk',
      source: { kind: 'block', path: '/img' },
      format: 'raw',
      backend: 'phy',
      target: 'xvda',
      bus: 'paravirtual',
      readonly: true,
    };
    assert.deepEqual<unknown>(bare, [disk], output);
    const plugged = interfaces.map((nic) => without(nic, 'xlParameters'));
    assert.deepEqual<unknown>(
      plugged,
      [{ source: { kind: 'bridge', bridge: 'br0' }, addresses: [] }],
      output,
    );
    const ends = channels.map((channel) => without(channel, 'backendDomain'));
    assert.deepEqual<unknown>(
      ends,
      [{ name: 'c', connection: { kind: 'socket', path: '/s', mode: 'listen' } }],
      output,
    );
  }

  for (const [what, open, close] of [
    ['disk', "<v:disk target='xvda'>discard", '</v:disk>'],
    ['interface', "<v:interface place='1'>forwarddev=eth0", '</v:interface>'],
    ['channel', "<v:channel name='c' backend='drv", "'/>"],
  ] as const) {
    it(`through the parameters of a ${what}`, () => {
      holds(fc.property(hostileText, (hostile) => assertDevicesStay(open + encode(hostile) + close)));
    });
  }

  it('through a value of a preserved setting', () => {
    const value = fc.oneof(hostileText, fc.array(hostileText, { minLength: 1, maxLength: 3 }));
    holds(
      fc.property(value, (hostile) => {
        const domain: Domain = {
          ...smallest,
          preserved: { settings: [{ key: 'x_y', value: hostile }], fragments: [] },
        };
        const xml = formatDomainXml(domain);
        if (xml.text === undefined) return;
        const { output } = convert(xml.text);
        assert(output !== undefined);
        const { preserved, ...others } = readBack(output, 'xl');
        assert.deepEqual(preserved.settings, domain.preserved.settings);
        assert.deepEqual({ ...others, preserved: smallest.preserved }, smallest);
      }),
    );
  });

  it('through the name of a preserved setting', () => {
    const key = fc.oneof(hostileText, fc.constantFrom('', 'A', '1a', 'a-b', 'a = 1\nb'));
    holds(
      fc.property(key, (hostile) => {
        const domain: Domain = {
          ...smallest,
          preserved: { settings: [{ key: hostile, value: '1' }], fragments: [] },
        };
        for (const { text, diagnostics } of [formatXlConfig(domain), formatDomainXml(domain)]) {
          if (text === undefined) continue;
          const way = text.startsWith('<') ? convert(text) : { output: text, diagnostics: [] };
          if (way.output === undefined) continue;
          const told = warningsOf([...diagnostics, ...way.diagnostics]) > 0;
          const { settings } = readBack(way.output, 'xl').preserved;
          // Either it is unchanged, or it is omitted with a warning.
          assert.deepEqual(
            settings,
            told && settings.length === 0 ? [] : domain.preserved.settings,
            way.output,
          );
        }
      }),
    );
  });

  it('through the location of a preserved piece of XML', () => {
    holds(
      fc.property(hostileText, (parent) => {
        const domain: Domain = {
          ...smallest,
          preserved: { settings: [], fragments: [{ parent, piece: { kind: 'element', xml: '<a/>' } }] },
        };
        const { text, diagnostics } = formatXlConfig(domain, { keep: true });
        if (text === undefined) return;
        const plain = shapeOfXl(formatXlConfig(smallest).text ?? '');
        const isLeftOut = warningsOf(diagnostics) > 0;
        assert.deepEqual(shapeOfXl(text), isLeftOut ? plain : [...plain, '# kept'], text);
      }),
    );
  });

  it('through a preserved attribute of XML', () => {
    holds(
      fc.property(hostileText, hostileText, (name, value) => {
        const comment = JSON.stringify({ kind: 'attribute', name, value });
        const { output, diagnostics } = convert(
          `name = "a"\nmemory = 1\nkernel = "/k"\n# virt2xen:kept devices ${comment}\n`,
        );
        if (output === undefined) return assert.isNotEmpty(errorsOf(diagnostics));
        const plain = convert('name = "a"\nmemory = 1\nkernel = "/k"\n').output ?? '';
        // Either it is omitted, or it is an attribute of exactly that name.
        const shape = shapeOfXml(plain);
        const allowed = [shape, shape.replace('<devices>', () => `<devices ${name}>`)];
        assert.include(allowed, shapeOfXml(output), output);
      }),
    );
  });
});

/** Escapes a text as xl does; characters without an escape are unchanged. */
const quoted = (text: string): string =>
  `"${text.replace(/["\\\n\r]/g, (character) => ({ '\n': '\\n', '\r': '\\r' })[character] ?? `\\${character}`)}"`;

describe('properties: no injection from xl.cfg', () => {
  const fields = ['name', 'kernel', 'cmdline', 'disk', 'vif', 'channel', 'xen_thing', 'keymap'] as const;
  const write = (replaced?: string, by = ''): string => {
    const value = (name: (typeof fields)[number], harmless: string, before = ''): string =>
      quoted(before + (name === replaced ? by : harmless));
    return `name = ${value('name', 'a')}
type = "hvm"
memory = 64
kernel = ${value('kernel', '/k')}
cmdline = ${value('cmdline', 'quiet')}
disk = [ ${value('disk', 'img', 'vdev=xvda,target=/')} ]
vif = [ ${value('vif', 'br0', 'bridge=')} ]
channel = [ ${value('channel', '/s', 'connection=socket,name=c,path=')} ]
xen_thing = ${value('xen_thing', 'x')}
vnc = 1
keymap = ${value('keymap', 'de')}
`;
  };

  for (const field of fields) {
    it(`through ${field}`, () => {
      const harmless = shapeOfXml(convert(write()).output ?? '');
      holds(
        fc.property(
          hostileText.filter(
            (text) =>
              (!text.includes(',') || field === 'name' || field === 'cmdline') &&
              // VLANs of Open vSwitch are not an injection here: they are part of the bridge in an xl.cfg.
              !(field === 'vif' && /^[^.:]+(?::[0-9]{1,4})+$/.test(text)),
          ),
          (hostile) => {
            const { output, diagnostics } = convert(write(field, hostile));
            if (output === undefined) return assert.isNotEmpty(errorsOf(diagnostics));
            assert.equal(shapeOfXml(output), harmless, output);
          },
        ),
      );
    });
  }
});
