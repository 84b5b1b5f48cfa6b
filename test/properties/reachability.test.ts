import { assert } from 'chai';
import fc from 'fast-check';
import { adapt, convert } from '../../lib/index.js';
import { accessOfXl, accessOfXml, isNoMoreReachable, type Access } from './reachability.js';
import { holds } from './property.js';

/** Everything in libvirt's XML that controls access to a display, with valid and unusual values. */
const attribute = (name: string, ...values: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom('', '', ...values.map((value) => ` ${name}='${value}'`));

const listens = [
  '',
  `<listen type='none'/>`,
  `<listen type='address'/>`,
  `<listen type='address' address='127.0.0.1'/>`,
  `<listen type='address' address='0.0.0.0'/>`,
  `<listen type='address' address='192.0.2.1'/>`,
  `<listen type='address' address='::'/>`,
  `<listen type='network' network='n'/>`,
  `<listen type='socket' socket='/s'/>`,
  `<listen type='socket'/>`,
];

const graphics = fc
  .tuple(
    fc.constantFrom('vnc', 'spice'),
    attribute('port', '-1', '0', '5901', ''),
    attribute('tlsPort', '-1', '0', '5902'),
    attribute('autoport', 'yes', 'no'),
    attribute('passwd', 'secret', ''),
    attribute('passwdValidTo', '1970-01-01T00:00:01', '2099-01-01T00:00:00'),
    attribute('socket', '/s'),
    attribute('websocket', '-1', '5700'),
    attribute('sharePolicy', 'ignore', 'force-shared'),
    attribute('defaultMode', 'secure', 'any', 'insecure'),
    fc.constantFrom(...listens),
    fc.constantFrom('', `<channel name='main' mode='secure'/>`, `<channel name='main' mode='any'/>`),
  )
  .map(([type, port, tls, auto, passwd, until, socket, web, share, mode, listen, channel]) => {
    const ofKind = type === 'vnc' ? `${web}${share}` : `${tls}${mode}`;
    const listening = listen === '' ? socket : '';
    const inside = `${listen}${type === 'spice' ? channel : ''}`;
    return `<graphics type='${type}'${port}${auto}${passwd}${until}${listening}${ofKind}>${inside}</graphics>`;
  });

const domain = fc
  .tuple(fc.constantFrom('kvm', 'xen'), fc.array(graphics, { maxLength: 2 }))
  .map(([type, displays]) => ({
    type,
    xml:
      `<domain type='${type}'><name>g</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>` +
      `<devices>${displays.join('')}</devices></domain>`,
  }));

const line = (key: string, ...values: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom('', '', ...values.map((value) => `${key} = ${value}\n`));

const addresses = ['"127.0.0.1"', '"0.0.0.0"', '"192.0.2.1"', '""', '"[::1]:3"', '"192.0.2.1:4"'];

const hvm = fc
  .tuple(
    line('vnc', '0', '1'),
    line('vnclisten', ...addresses),
    line('vncpasswd', '"secret"', '""'),
    line('vncunused', '0', '1'),
    line('spice', '0', '1'),
    line('spicehost', '"127.0.0.1"', '"0.0.0.0"', '"192.0.2.1"', '""'),
    line('spiceport', '0', '5901'),
    line('spicetls_port', '5902'),
    line('spicedisable_ticketing', '0', '1'),
    line('spicepasswd', '"secret"', '""'),
    line('sdl', '0', '1'),
  )
  .map((lines) => `name = "g"\ntype = "hvm"\nmemory = 64\n${lines.join('')}`);

const framebuffer = fc
  .subarray(['vnc=1', 'vncunused=0', 'vncpasswd=secret', 'vncdisplay=3'])
  .chain((parts) =>
    fc
      .constantFrom(
        [],
        ['vnclisten=0.0.0.0'],
        ['vnclisten=127.0.0.1'],
        ['vnclisten='],
        ['vnclisten=192.0.2.1:2'],
      )
      .map(
        (listen) =>
          `name = "g"\nkernel = "/k"\nmemory = 64\nvfb = [ "${[...parts, ...listen].join(',')}" ]\n`,
      ),
  );

function assertNoMore(
  after: readonly Access[],
  before: readonly Access[],
  text: string,
  output: string,
): void {
  assert(isNoMoreReachable(after, before), `more reachable:\n${text}\n${output}`);
}

describe('properties: access to displays', () => {
  it('is never wider in an xl.cfg than in the XML', () => {
    holds(
      fc.property(domain, ({ type, xml }) => {
        const { output } = convert(xml);
        if (output !== undefined) assertNoMore(accessOfXl(output), accessOfXml(xml, type), xml, output);
      }),
    );
  });

  for (const [name, configs] of [
    ['of an HVM guest', hvm],
    ['of a PV guest', framebuffer],
  ] as const) {
    it(`${name} is neither wider nor narrower in XML than in the xl.cfg, on Xen and on KVM`, () => {
      holds(
        fc.property(configs, (config) => {
          const { output } = convert(config);
          if (output === undefined) return;
          for (const hypervisor of ['xen', 'kvm'] as const) {
            assertNoMore(accessOfXml(output, hypervisor), accessOfXl(config), config, output);
          }
          const again = convert(output).output ?? '';
          assertNoMore(accessOfXl(again), accessOfXl(config), config, again);
          assertNoMore(accessOfXl(config), accessOfXl(again), config, again);
        }),
      );
    });
  }

  it('is the same after two conversions as after four', () => {
    holds(
      fc.property(domain, ({ xml }) => {
        const first = convert(xml).output;
        if (first === undefined) return;
        const xmlAgain = convert(first).output ?? '';
        const second = convert(xmlAgain).output ?? '';
        assert.equal(second, first);
        assert.equal(convert(second).output, xmlAgain);
      }),
    );
  });

  it('is never wider after adapting, and adapting again changes nothing', () => {
    holds(
      fc.property(domain, ({ type, xml }) => {
        const { output } = adapt(xml);
        if (output === undefined) return;
        assertNoMore(accessOfXml(output, 'xen'), accessOfXml(xml, type), xml, output);
        assert.deepEqual(adapt(output).edits, []);
      }),
    );
  });
});
