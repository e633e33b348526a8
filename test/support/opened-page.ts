import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { pathOf } from './programs.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface OpenedPage {
  readonly page: Page;
  /** What the page said, and whatever it asked of the network. */
  readonly complaints: readonly string[];
}

let browser: Browser | undefined;
afterAll(() => browser?.close());

/** A report as whoever was sent it would open it: a file, in a real browser. */
export async function openedPage(html: string): Promise<OpenedPage> {
  const path = join(temporaryFolder(), 'page.html');
  writeFileSync(path, html);
  browser ??= await chromium.launch({
    executablePath: pathOf('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(path).href);
  return { page, complaints };
}
