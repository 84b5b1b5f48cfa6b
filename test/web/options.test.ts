import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { adapt, convert } from '../../lib/index.js';
import type { AdaptOptions, ConvertOptions } from '../../lib/index.js';
import { programUsage } from '../../packaging/usage/program.js';
import { inChromium, type OpenOptions, type OpenPage } from './browser.js';

const xmlPath = 'fixtures/cloudstack/user-vm.xml';
const xml = readFileSync(xmlPath, 'utf8');

/** What each option of `convert` is on the page, by its label. */
const ofConvert: Readonly<Record<string, string>> = {
  xen: 'Xen release of the xl.cfg',
  libvirt: 'libvirt release of the XML',
  arch: 'Architecture, if the document does not specify it',
  profile: 'Defaults in the XML',
  'channel-syntax': 'Channel keys of the xl.cfg',
  transport: 'Transport of channels',
  'spare-ports': 'Spare virtio-serial ports of an HVM guest',
  keep: 'Preserve what the output cannot express',
  strict: 'Treat warnings as errors',
  network: 'Bridges of libvirt networks, NAME=BRIDGE',
  'user-bridge': "Bridge of interfaces of type 'user'",
  pool: 'Directories of storage pools, NAME=DIR',
  drop: 'Devices to omit, such as disk:vdc or all',
};
const ofAdapt: Readonly<Record<string, string>> = {
  to: 'Hypervisor to write the XML for',
  type: 'Guest type on Xen',
};

/** Options that the page has no control for, and what it has in their place. */
const elsewhere: Readonly<Record<string, string>> = {
  from: 'the format is detected',
  to: 'the format is the other one',
  output: 'Download',
  'out-dir': 'Download',
  'in-place': 'Download',
  diff: 'Changes',
  check: 'Changes',
  json: 'Diagnostics',
  quiet: 'the box Notes',
  'max-input-size': 'that of virt2xen web',
};

const optionsOf = (command: string): readonly string[] =>
  programUsage()
    .commands.find(({ name }) => name === command)!
    .options.map(({ name }) => name);

const domain = (devices: string): string =>
  `<domain type="xen"><name>vm</name><memory>65536</memory><os><type>linux</type><kernel>/k</kernel></os><devices>${devices}</devices></domain>`;
const guest = 'name = "a"\nkernel = "/k"\nmemory = 32\n';

describe('the options of the page', function () {
  const openPage = inChromium();
  async function open(options?: OpenOptions): Promise<OpenPage> {
    const opened = await openPage(options);
    await opened.page.locator('#options > summary').click();
    return opened;
  }

  it('are those of the commands, or have another place', () => {
    const page = { ...elsewhere, ...ofConvert };
    for (const option of optionsOf('convert')) expect(page, option).to.have.property(option);
    for (const option of optionsOf('adapt')) expect({ ...page, ...ofAdapt }, option).to.have.property(option);
    const all = [...optionsOf('convert'), ...optionsOf('adapt')];
    expect(all).to.include.members(Object.keys({ ...page, ...ofAdapt }));
  });

  /** A value of a control, a document that it matters for, and the option of the library that it is. */
  const conversions: readonly (readonly [option: string, value: string, text: string, ConvertOptions])[] = [
    ['xen', '4.17', xml, { xen: '4.17' }],
    ['libvirt', '9.0', readFileSync('fixtures/xl/platform.cfg', 'utf8'), { libvirt: '9.0' }],
    ['arch', 'aarch64', guest, { arch: 'aarch64' }],
    ['profile', 'libvirt', guest, { profile: 'libvirt' }],
    [
      'channel-syntax',
      '2014',
      domain("<channel type='pty'><target type='xen' name='a'/></channel>"),
      { channelSyntax: '2014' },
    ],
    ['transport', 'virtio-serial', xml, { transport: 'virtio-serial' }],
    ['spare-ports', '2', xml, { sparePorts: 2 }],
    ['keep', 'yes', xml, { keep: true }],
    [
      'network',
      'net=xenbr7',
      domain("<interface type='network'><source network='net'/></interface>"),
      { networks: { net: 'xenbr7' } },
    ],
    ['user-bridge', 'xenbr8', domain("<interface type='user'/>"), { userBridge: 'xenbr8' }],
    [
      'pool',
      'images=/srv/images',
      domain(
        "<disk type='volume' device='disk'><source pool='images' volume='v'/><target dev='xvda' bus='xen'/></disk>",
      ),
      { pools: { images: '/srv/images' } },
    ],
    ['drop', 'channel:org.qemu.guest_agent.0', xml, { drop: ['channel:org.qemu.guest_agent.0'] }],
  ];
  for (const [option, value, text, options] of conversions) {
    it(`have --${option}`, async () => {
      const output = convert(text, options).output;
      expect(output, 'the option matters').to.not.equal(convert(text).output).and.not.equal(undefined);
      await using opened = await open();
      await set(opened.page.getByLabel(ofConvert[option] ?? '', { exact: true }), value);
      await opened.paste(text);
      await opened.says(/^Converted/);
      expect(await opened.result()).to.equal(output);
      expect(opened.errors).to.deep.equal([]);
    });
  }

  it('have --strict', async () => {
    await using opened = await open({ files: [xmlPath] });
    await opened.says(/^Converted/);
    await opened.page.getByLabel(ofConvert['strict'] ?? '', { exact: true }).check();
    await opened.says(/^Not converted/);
  });

  const adaptations: readonly (readonly [option: string, value: string, AdaptOptions])[] = [
    ['to', 'kvm', { to: 'kvm' }],
    ['type', 'pvh', { guest: 'pvh' }],
  ];
  for (const [option, value, options] of adaptations) {
    it(`have --${option} of adapt`, async () => {
      const text = option === 'to' ? (adapt(xml).output ?? '') : xml;
      await using opened = await open();
      await opened.page.locator('#work-adapt').check();
      await set(opened.page.getByLabel(ofAdapt[option] ?? '', { exact: true }), value);
      await opened.paste(text);
      const { output } = adapt(text, options);
      await opened.says(output === undefined ? /^Not adapted/ : /^Adapted/);
      if (output !== undefined) expect(await opened.result()).to.equal(output);
    });
  }

  for (const [work, labels] of [
    ['convert', ofConvert],
    ['adapt', ofAdapt],
  ] as const) {
    it(`are reached with the keyboard, each with a label: ${work}`, async () => {
      await using opened = await open();
      await opened.page.locator(`#work-${work}`).check();
      const visible = await opened.page.locator('#options :is(input, select, textarea):visible').all();
      const expected = await Promise.all(visible.map((control) => control.getAttribute('id')));
      await opened.page.locator('#options > summary').focus();
      const reached: { readonly id: string; readonly label: string }[] = [];
      for (const _ of expected) {
        await opened.page.keyboard.press('Tab');
        reached.push(
          await opened.page.evaluate(() => {
            const control = document.activeElement as HTMLInputElement;
            return { id: control.id, label: control.labels?.[0]?.innerText.trim() ?? '' };
          }),
        );
      }
      expect(reached.map(({ id }) => id)).to.deep.equal(expected);
      expect(reached.map(({ label }) => label)).to.include.members(Object.values(labels));
      expect(reached.filter(({ label }) => label === '')).to.deep.equal([]);
    });
  }

  it('converts with its options, and says which is invalid', async () => {
    await using opened = await open({ files: [xmlPath] });
    await opened.says(/^Converted/);
    await opened.page.locator('#xen').selectOption('4.17');
    await opened.page.locator('#strict').check();
    await opened.page.locator('#drop').fill('bus:x');
    await opened.says(/^An option is not valid/);
    expect(await opened.page.locator('#drop-problem').textContent()).to.contain("unknown device kind 'bus'");
    await opened.page.locator('#strict').uncheck();
    await opened.page.locator('#drop').fill('channel:org.qemu.guest_agent.0');
    await opened.says(/^Converted/);
    expect(await opened.page.locator('#drop').getAttribute('aria-invalid')).to.equal('false');
    const drop = ['channel:org.qemu.guest_agent.0'];
    expect(await opened.result()).to.equal(convert(xml, { xen: '4.17', drop }).output);
  });

  it('omits a device that has no counterpart when it is asked to', async () => {
    const text = domain("<channel type='stdio'><target type='xen' name='a'/></channel>");
    expect(convert(text).diagnostics.find(({ drop }) => drop)?.drop).to.equal('channel:a');
    await using opened = await open();
    await opened.paste(text);
    await opened.says(/^Not converted/);
    expect(await opened.page.locator('#copy').isDisabled()).to.equal(true);
    await opened.page.getByRole('button', { name: 'Omit channel:a' }).click();
    await opened.says(/^Converted/);
  });
});

async function set(control: Locator, value: string): Promise<void> {
  const isSelect = await control.evaluate((element) => element instanceof HTMLSelectElement);
  if (isSelect) await control.selectOption(value);
  else await control.fill(value);
}
