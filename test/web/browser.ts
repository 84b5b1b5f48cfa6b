import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { buildIfStale } from '../built.js';
import { virt2xen } from '../cli/virt2xen.js';
import { missing } from '../requirements.js';

const chromiumPath = '/usr/bin/chromium';
const screenshots = 'web-screenshots';

/** @returns whether the tests can run; otherwise the reason has been printed */
function hasChromium(): boolean {
  if (existsSync(chromiumPath)) return true;
  missing('Chromium', 'chromium', `there is no ${chromiumPath}`);
  return false;
}

const startChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface OpenOptions {
  readonly files?: readonly string[];
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

/**
 * One Chromium for the tests of a suite; without Chromium they are skipped.
 * @returns opens a page in it
 */
export function inChromium(): (options?: OpenOptions) => Promise<OpenPage> {
  let browser: Browser | undefined;
  before(async function () {
    if (!hasChromium()) return this.skip();
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
  });
  return (options) => OpenPage.open(browser!, options);
}

/** A page as `virt2xen web` writes it, opened from its file. */
export class OpenPage implements AsyncDisposable {
  readonly page: Page;
  readonly #folder: string;
  /** Errors of scripts, and what the policy has stopped. */
  readonly errors: string[] = [];
  /** Whatever the page asks of the network. */
  readonly requests: string[] = [];

  private constructor(page: Page, folder: string) {
    this.page = page;
    this.#folder = folder;
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(?:file|blob|data):/.test(request.url())) this.requests.push(request.url());
    });
  }

  static async open(browser: Browser, options: OpenOptions = {}): Promise<OpenPage> {
    buildIfStale('page');
    const folder = mkdtempSync(join(tmpdir(), 'virt2xen-web-'));
    const path = join(folder, 'page.html');
    const { status, stderr } = virt2xen(['web', ...(options.files ?? []), '-o', path], {
      cwd: process.cwd(),
    });
    if (status !== 0) throw new Error(stderr);
    const context = await browser.newContext({
      colorScheme: options.colorScheme ?? 'light',
      viewport: { width: options.width ?? 1280, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const opened = new OpenPage(await context.newPage(), folder);
    await opened.page.goto(pathToFileURL(path).href);
    return opened;
  }

  /** Replaces the source, as a person who pastes. */
  async paste(text: string): Promise<void> {
    const source = this.page.locator('#source .cm-content');
    await source.focus();
    await this.page.keyboard.press('Control+a');
    await source.evaluate((content, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Waits for the status line to match. */
  async says(pattern: RegExp): Promise<void> {
    await this.page.locator('#status').filter({ hasText: pattern }).waitFor();
  }

  /** The whole result, also the lines that the editor does not show: as the button copies it. */
  async result(): Promise<string> {
    await this.page.locator('#copy').click();
    return await this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** What axe finds wrong, one line for each rule and place. */
  async accessibilityFaults(): Promise<readonly string[]> {
    // Outside the policy of the page, as a browser's own tools are.
    await this.page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
    return await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run: () => Promise<{
            violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      };
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
      );
    });
  }

  async screenshot(name: string): Promise<void> {
    // An editor measures its lines when they come into view.
    const diff = this.page.locator('#diff');
    if (await diff.isVisible()) await diff.scrollIntoViewIfNeeded();
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
