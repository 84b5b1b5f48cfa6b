import { expect } from 'chai';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adapt, convert } from '../../lib/index.js';
import { say } from '../requirements.js';
import { inChromium } from './browser.js';

const xmlPath = 'fixtures/cloudstack/user-vm.xml';
const xml = readFileSync(xmlPath, 'utf8');

/** a, b ... z, aa, ab ... */
const letters = (index: number): string =>
  (index < 26 ? '' : letters(Math.floor(index / 26) - 1)) + String.fromCharCode(97 + (index % 26));

describe('the page', function () {
  const open = inChromium();

  it('converts what is pasted, as the library does', async () => {
    await using opened = await open();
    await opened.paste(xml);
    await opened.says(/^Converted/);
    expect(await opened.result()).to.equal(convert(xml).output);
    const config = 'name = "a"\nkernel = "/k"\nmemory = 32\nchannel = [ "connection=pty,name=agent" ]\n';
    await opened.paste(config);
    await opened.page.locator('#result-title', { hasText: 'domain XML' }).waitFor();
    expect(await opened.result()).to.equal(convert(config).output);
    expect([opened.errors, opened.requests]).to.deep.equal([[], []]);
  });

  it('converts while somebody types', async () => {
    await using opened = await open();
    await opened.paste('name = "a"\nkernel = "/k"\nmemory = 32');
    await opened.says(/^Converted/);
    await opened.page.locator('#source .cm-content').press('Control+End');
    await opened.page.keyboard.type('0');
    await opened.page.locator('#result', { hasText: '327680' }).waitFor();
    await opened.page.keyboard.type('\nbios = "no such"\n');
    await opened.says(/[1-9] warnings|^Not converted/);
  });

  it('keeps what is pasted: nothing can be loaded or sent', async () => {
    await using opened = await open({ files: [xmlPath] });
    await opened.says(/^Converted/);
    const received: string[] = [];
    const server = createServer(({ url }, response) => {
      received.push(url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const tried = await opened.page.evaluate(async (origin) => {
      navigator.sendBeacon(`${origin}/beacon`, 'a');
      const image = new Promise((settle) => {
        const loaded = new Image();
        loaded.onload = () => settle('loaded');
        loaded.onerror = () => settle('blocked');
        loaded.src = `${origin}/image`;
      });
      const sent = fetch(`${origin}/fetch`, { mode: 'no-cors' }).then(
        () => 'sent',
        () => 'blocked',
      );
      return await Promise.all([image, sent]);
    }, `http://127.0.0.1:${port}`);
    server.close();
    expect(tried).to.deep.equal(['blocked', 'blocked']);
    expect(received).to.deep.equal([]);
    const script = await opened.page.evaluate(() => {
      const added = document.createElement('script');
      added.textContent = 'globalThis.ran = true';
      document.body.append(added);
      return 'ran' in globalThis;
    });
    expect(script).to.equal(false);
  });

  it('treats a document as text, whatever is in it', async () => {
    await using opened = await open({ files: ['test/web/hostile.xml'] });
    await opened.says(/^(?:Not c|C)onverted/);
    expect(await opened.page.locator('#source').textContent()).to.contain('</script><script>');
    expect(await opened.page.evaluate(() => 'ran' in globalThis)).to.equal(false);
    expect(opened.errors).to.deep.equal([]);
  });

  it('lists diagnostics with counts, filters them, and jumps to their lines', async () => {
    await using opened = await open();
    await opened.paste(xml);
    await opened.says(/^Converted/);
    const { diagnostics } = convert(xml);
    const rows = opened.page.locator('#diagnostics-list li');
    expect(await rows.count()).to.equal(diagnostics.length);
    const count = (severity: string): number => diagnostics.filter((one) => one.severity === severity).length;
    for (const severity of ['error', 'warning', 'info'])
      expect(await opened.page.locator(`#count-${severity}`).textContent()).to.equal(String(count(severity)));
    await opened.page.locator('#show-info').uncheck();
    expect(await rows.count()).to.equal(diagnostics.length - count('info'));
    await opened.page.locator('#show-info').check();
    await opened.page.locator('#diagnostics-filter').fill('omitted');
    expect(await rows.count()).to.equal(
      diagnostics.filter(({ code, message }) => `${code} ${message}`.includes('omitted')).length,
    );
    await opened.page.locator('#diagnostics-filter').fill('');
    const row = rows.getByRole('button', { name: /^Go to / }).last();
    const line = Number((await row.textContent())?.split(':')[0]);
    await row.click();
    const [selected] = xml.split('\n').slice(line - 1);
    await opened.page.locator('#source .cm-focused').waitFor();
    const active = await opened.page.evaluate(() => {
      const { anchorNode } = getSelection() ?? {};
      const inside = anchorNode instanceof Element ? anchorNode : anchorNode?.parentElement;
      return inside?.closest('.cm-line')?.textContent;
    });
    expect(active).to.equal(selected);
    await opened.page.locator('#source .underlined').first().waitFor();
    const underlined = await opened.page
      .locator('#source .underlined')
      .evaluateAll((marks) => marks.map((mark) => `${mark.getAttribute('class') ?? ''} ${mark.textContent}`));
    // A mark within a line is one element, with the text of its span.
    const places = diagnostics.flatMap(({ severity, span }) =>
      span ? [`underlined ${severity} ${xml.slice(span.start, span.end)}`] : [],
    );
    expect(
      underlined.filter((mark) => places.includes(mark)).length,
      underlined.join('\n'),
    ).to.be.greaterThan(0);
  });

  it("shows adapt's changes side by side", async () => {
    await using opened = await open({ files: [xmlPath] });
    await opened.page.locator('#work-adapt').check();
    await opened.says(/^Adapted/);
    const { output, edits } = adapt(xml);
    expect(await opened.result()).to.equal(output);
    expect(Number((await opened.page.locator('#diff-count').textContent())?.split(' ')[0])).to.be.within(
      1,
      edits?.length ?? 0,
    );
    expect(await opened.page.locator('#diff .cm-merge-a .cm-changedLine').count()).to.be.greaterThan(0);
    expect(await opened.page.locator('#diff .cm-merge-b').textContent()).to.contain("type='xen'");
    await opened.screenshot('adapt');
  });

  it('stays responsive while it converts 1 MB', async () => {
    const disk = (index: number): string =>
      `    <disk type='file' device='disk'>\n      <driver name='qemu' type='raw' cache='none'/>\n      <source file='/images/${index}.img'/>\n      <target dev='sd${letters(index)}' bus='scsi'/>\n    </disk>\n`;
    const disks = Array.from({ length: 5700 }, (_, index) => disk(index)).join('');
    const large = xml.replace('<devices>', () => `<devices>\n${disks}`);
    expect(large.length).to.be.within(1_000_000, 1_400_000);
    await using opened = await open();
    // To bring a text of 1 MB into the page takes time, too, which is not the page's.
    await opened.page.evaluate((text) => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks, text });
    }, large);
    await opened.page.evaluate(() => {
      const { tasks } = globalThis as unknown as { tasks: number[] };
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(duration);
      }).observe({ type: 'longtask' });
    });
    await opened.page.locator('#source .cm-content').evaluate((content) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', (globalThis as unknown as { text: string }).text);
      content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await opened.says(/onverted: [0-9]+ errors, [0-9]{3,}/);
    const tasks = await opened.page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
    say(
      `long tasks while 1 MB is converted: ${tasks.map((ms) => `${Math.round(ms)} ms`).join(', ') || 'none'}`,
    );
    expect(await opened.page.locator('#diagnostics-list li').count()).to.equal(100);
    expect(opened.errors).to.deep.equal([]);
  });

  it('saves the result under the name of the document', async () => {
    await using opened = await open({ files: [xmlPath] });
    await opened.says(/^Converted/);
    const [download] = await Promise.all([
      opened.page.waitForEvent('download'),
      opened.page.locator('#download').click(),
    ]);
    expect(download.suggestedFilename()).to.equal('user-vm.cfg');
    expect(readFileSync(await download.path(), 'utf8')).to.equal(convert(xml).output);
  });

  it('opens and drops files, and shows a table over several', async () => {
    await using opened = await open();
    await opened.page.locator('#open').setInputFiles([xmlPath, 'fixtures/xl/channels-2014.cfg']);
    const rows = opened.page.locator('#summary-rows tr');
    await rows.nth(1).waitFor();
    const cells = (text: string): readonly string[] => {
      const { output, diagnostics } = convert(text);
      const counts = ['error', 'warning', 'info'].map((one) =>
        String(diagnostics.filter(({ severity }) => severity === one).length),
      );
      const outcome =
        output === undefined ? 'rejected' : counts[1] === '0' ? 'converts' : 'converts with losses';
      return [outcome, ...counts];
    };
    const texts = [xml, readFileSync('fixtures/xl/channels-2014.cfg', 'utf8')];
    expect(
      await Promise.all((await rows.all()).map((row) => row.locator('td').allTextContents())),
    ).to.deep.equal(texts.map(cells));
    await opened.page.getByRole('button', { name: 'channels-2014.cfg' }).click();
    await opened.page.locator('#result-title', { hasText: 'domain XML' }).waitFor();
    await opened.screenshot('summary');

    await opened.page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['name = "b"\nkernel = "/k"\nmemory = 32\n'], 'b.cfg'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    await opened.page.locator('#source-title', { hasText: 'b.cfg' }).waitFor();
    await opened.page.locator('#summary').waitFor({ state: 'hidden' });
  });

  it('draws channels, and shows the xenstore nodes of a part, with the keyboard', async () => {
    await using opened = await open({ files: [xmlPath] });
    await opened.page.locator('#channel-list svg').first().waitFor();
    const parts = opened.page.locator('#channel-list .part');
    const titles = await parts.locator('.part-title').allTextContents();
    expect(titles.map((title) => title.trim())).to.include.members(['QEMU', 'ring page', 'device']);
    await opened.page.locator('#channel-list .part.ring').first().focus();
    await opened.page.keyboard.press('Enter');
    await opened.page
      .locator('.part-details td', { hasText: '/local/domain/1/device/console/1/name' })
      .waitFor();
    await opened.screenshot('channels');
    await opened.page.keyboard.press('Enter');
    expect(await opened.page.locator('.part-details td').count()).to.equal(0);

    await opened.page.locator('#options > summary').click();
    await opened.page.locator('#transport').selectOption('virtio-serial');
    await opened.page.locator('#channel-list .part.port').first().waitFor();
    const device = opened.page.locator('#channel-list .part', { hasText: '/dev/virtio-ports/' }).first();
    await device.click();
    await opened.page
      .locator('.part-details', { hasText: '/dev/virtio-ports/org.qemu.guest_agent.0' })
      .waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 320]) {
      it(`is accessible in ${colorScheme} colours and ${width} pixels`, async () => {
        await using opened = await open({ colorScheme, width });
        expect(await opened.accessibilityFaults()).to.deep.equal([]);
        await opened.page.locator('#open').setInputFiles([xmlPath, 'fixtures/xl/channels-2014.cfg']);
        await opened.page.locator('#channel-list svg').first().waitFor();
        await opened.page.locator('#options > summary').click();
        await opened.page.locator('#channel-list .part.ring').first().click();
        expect(await opened.accessibilityFaults()).to.deep.equal([]);
        await opened.screenshot(`convert-${colorScheme}-${width}`);
        await opened.page.locator('#work-adapt').check();
        await opened.page.locator('#diff .cm-changedLine').first().waitFor();
        expect(await opened.accessibilityFaults()).to.deep.equal([]);
        await opened.screenshot(`adapt-${colorScheme}-${width}`);
        const tooWide = await opened.page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          if (scrollWidth <= clientWidth) return [];
          return [...document.querySelectorAll('body *')]
            .filter((one) => one.getBoundingClientRect().right > clientWidth)
            .filter((one) => !one.closest('.scrolled, .cm-scroller, .cm-mergeView'))
            .map(({ tagName, className }) => `${tagName} ${className}`);
        });
        expect(tooWide).to.deep.equal([]);
      });
    }
  }
});
