import { assert } from 'chai';
import fc from 'fast-check';
import { convert, renderDiagnostics, type ConvertOptions, type ConvertResult } from '../../lib/index.js';
import { holds } from './property.js';
import { errorsOf } from './round-trip.js';
import { fixtureSeeds, sharedSeeds, xlSeeds, xmlSeeds, type Seed } from './seeds.js';
import { hostilePieces } from './texts.js';

const options: fc.Arbitrary<ConvertOptions> = fc.record(
  {
    from: fc.constantFrom('libvirt' as const, 'xl' as const),
    to: fc.constantFrom('libvirt' as const, 'xl' as const),
    strict: fc.boolean(),
    keep: fc.boolean(),
    xen: fc.constantFrom('4.17' as const, '4.21' as const),
    channelSyntax: fc.constantFrom('current' as const, '2014' as const),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Checks what is true for every input. */
function assertSound(input: string | Uint8Array, chosen: ConvertOptions): ConvertResult {
  const result = convert(input, chosen);
  const { source, diagnostics, output } = result;
  assert.equal(output === undefined, errorsOf(diagnostics).length > 0, 'an output or an error');
  for (const { code, message, span } of diagnostics) {
    if (!span) continue;
    const isInside = 0 <= span.start && span.start <= span.end && span.end <= source.length;
    assert(isInside, `${code} '${message}' at ${span.start} to ${span.end} of ${source.length}`);
    assert(Number.isInteger(span.start) && Number.isInteger(span.end), `${code}: whole numbers`);
  }
  assert.isString(renderDiagnostics(diagnostics, { file: 'f', source }));
  assert.deepEqual(convert(input, chosen), result, 'the same again');
  return result;
}

const xmlTokens = [
  ...['<domain', "<domain type='xen'>", '</domain>', '<name>', '</name>', '<memory>', '<os>', '<type>'],
  ...['<devices>', '</devices>', '<disk', '<channel', '<target', "<source path='", '/>', '>', '</', '<a/>'],
  ...[
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?',
    '?>',
    '<?"?>',
    '<!DOCTYPE',
    '<!ENTITY x "y">',
    '&#0;',
    '&#x10ffff;',
  ],
  ...[
    '&x;',
    '&',
    "='",
    '="',
    "'",
    '"',
    " type='xen'",
    " name='",
    "xmlns:a='b'",
    'a:b',
    '<a:b/>',
    '<constructor/>',
  ],
];
const xlTokens = [
  ...[
    'name',
    'kernel',
    'disk',
    'vif',
    'channel',
    'vfb',
    'serial',
    'cpus',
    'memory',
    'type',
    ' = ',
    '=',
    ' += ',
  ],
  ...[
    '[',
    ']',
    ',',
    ';',
    '#',
    '"',
    "'",
    '"""',
    '"a"',
    "'b'",
    '1',
    '0x1f',
    '-1',
    '\n',
    '\r\n',
    '\\',
    '\\x41',
    '\\n',
  ],
  ...['"connection=pty,name=a"', '"/a,raw,xvda,w"', '"bridge=a"', '"hvm"', '# virt2xen:kept . ', '{"kind":'],
  ...['"element","xml":"<a/>"}', '"attribute","name":"a b","value":""}', '"element","xml":"<a b:c=\'\'/>"}'],
];
const anyToken = fc.oneof(
  fc.constantFrom(...xmlTokens),
  fc.constantFrom(...xlTokens),
  fc.constantFrom(...hostilePieces),
  fc.string({ unit: 'binary', maxLength: 3 }),
);

interface Edit {
  /** The position in the document, as a fraction of its length. */
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record(
    { at: share, remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(300)), insert: anyToken },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 4 },
);

const mutate = (text: string, list: readonly Edit[]): string =>
  list.reduce((before, { at, remove, insert }) => {
    const start = Math.floor(at * before.length);
    return before.slice(0, start) + insert + before.slice(start + remove);
  }, text);

const samples = sharedSeeds('samples');
const conformance = [...sharedSeeds('conformance/to-xl'), ...sharedSeeds('conformance/from-xl')];
const ownSeeds = [...xmlSeeds, ...xlSeeds];
const seeds = [...ownSeeds, ...fixtureSeeds];

const seedText = (list: readonly Seed[]): fc.Arbitrary<string> =>
  fc.constantFrom(...list.map(({ text }) => text));

/** What is wrong with a conversion there and back; undefined if nothing is. */
function wayBackProblem(text: string, chosen: ConvertOptions): string | undefined {
  const first = convert(text, chosen);
  if (first.output === undefined) return undefined;
  const back = convert(first.output, chosen);
  if (back.output === undefined) return `our output is refused: ${errorsOf(back.diagnostics).join('; ')}`;
  const again = convert(back.output, chosen);
  if (again.output === undefined) return `the way back is refused: ${errorsOf(again.diagnostics).join('; ')}`;
  if (again.output === first.output) return undefined;
  const lines = new Set(first.output.split('\n'));
  const changed = again.output.split('\n').find((line) => !lines.has(line));
  return `the second time differs: ${changed ?? 'lines are missing, or in another order'}`;
}

const problemsOf = (list: readonly Seed[], chosen: ConvertOptions): readonly string[] =>
  list.flatMap(({ name, text }) => {
    const problem = wayBackProblem(text, chosen);
    return problem === undefined ? [] : [`${name}: ${problem}`];
  });

describe('properties: any input', () => {
  it('of bytes is converted or rejected', () => {
    holds(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        options,
        (bytes, chosen) => void assertSound(bytes, chosen),
      ),
    );
  });

  it('of characters is converted or rejected', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    holds(fc.property(text, options, (input, chosen) => void assertSound(input, chosen)));
  });

  for (const [what, tokens] of [
    ['XML', xmlTokens],
    ['xl.cfg', xlTokens],
  ] as const) {
    it(`that looks like ${what} is converted or rejected`, () => {
      const soup = fc.array(fc.constantFrom(...tokens), { maxLength: 25 }).map((list) => list.join(''));
      holds(fc.property(soup, options, (input, chosen) => void assertSound(input, chosen)));
    });
  }

  it('that was valid before a change is converted or rejected', () => {
    holds(
      fc.property(seedText(seeds), edits, options, (text, list, chosen) => {
        assertSound(mutate(text, list), chosen);
      }),
    );
  });

  it('that was valid before a change of its bytes is converted or rejected', () => {
    const changes = fc.array(fc.tuple(share, fc.nat(255)), { minLength: 1, maxLength: 3 });
    holds(
      fc.property(seedText(seeds), changes, options, (text, list, chosen) => {
        const bytes = new TextEncoder().encode(text);
        for (const [at, byte] of list) bytes[Math.floor(at * (bytes.length - 1))] = byte;
        assertSound(bytes, chosen);
      }),
    );
  });

  const missing = conformance.length === 0 ? ' (../shared/conformance is not here)' : '';
  it(`from the conformance suite is converted or rejected${missing}`, function () {
    if (missing !== '') this.skip();
    for (const { text } of conformance) assertSound(text, {});
  });

  it(`from the conformance suite is converted or rejected after a change${missing}`, function () {
    if (missing !== '') this.skip();
    holds(
      fc.property(seedText([...conformance, ...samples]), edits, options, (text, list, chosen) => {
        assertSound(mutate(text, list), chosen);
      }),
    );
  });
});

describe('properties: round trips', () => {
  // An xl.cfg can contain pieces of XML in comments, which are preserved only with --keep.
  const ofXml = [
    ['XML', xmlSeeds],
    ['XML of the samples', samples],
    ['XML of the conformance suite', sharedSeeds('conformance/to-xl')],
  ] as const;
  const ofXl = [
    ['xl.cfg', xlSeeds],
    ['xl.cfg of the conformance suite', sharedSeeds('conformance/from-xl')],
  ] as const;
  // An xl.cfg can contain pieces of XML in comments, which are preserved only with --keep.
  const ways = [
    ...ofXml.map(([what, list]) => [what, list, {}] as const),
    ...ofXml.map(([what, list]) => [`${what}, with --keep`, list, { keep: true }] as const),
    ...ofXl.map(([what, list]) => [what, list, { keep: true }] as const),
    ...ofXl.map(([what, list]) => [`${what}, for Xen 4.17`, list, { keep: true, xen: '4.17' }] as const),
  ];
  for (const [what, list, chosen] of ways) {
    const absent = list.length === 0 ? ' (../shared is not here)' : '';
    it(`gives the same text the second time for the ${what}${absent}`, function () {
      if (list.length === 0) this.skip();
      const problems = problemsOf(list, chosen);
      assert(problems.length === 0, `${problems.length} of ${list.length}:\n${problems.join('\n')}`);
    });
  }

  it('gives the same text the second time after changes', () => {
    holds(
      fc.property(seedText(ownSeeds), edits, (text, list) => {
        assert.isUndefined(wayBackProblem(mutate(text, list), { keep: true }));
      }),
    );
  });
});
