// A Run of 850,000 rows in a real browser: watched, cancelled, downloaded without being kept in memory,
// and over a connection that breaks.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BrowserContext, CDPSession, Download, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type BrittleWire, brittleWire } from './support/brittleWire.ts';
import { persistentContext } from './support/persistentContext.ts';
import { type Site, startSite } from './support/site.ts';

const ROWS = 850_000;
const DAYS = 31;
const RANGE = 'from=2026-07-01&to=2026-07-31&timezone=UTC';

/** The file has some 208 MB; what the browser takes besides is its collector's matter. */
const MAX_MORE_MEMORY_BYTES = 150e6;
const MEMORY_LOOK_MS = 100;

let site: Site;
let wire: BrittleWire;
let folder: string;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  site = await startSite({ sample: { sessions: ROWS, days: DAYS, transcripts: false } });
});

afterAll(() => site.close());

beforeEach(async () => {
  wire = await brittleWire(site.url);
  // Files of a site's own are on the disk only of a browser that keeps what it has.
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  context = await persistentContext(folder);
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
});

afterEach(async () => {
  await context.close();
  await wire.close();
  await rm(folder, { recursive: true, force: true });
  expect(complaints).toEqual([]);
});

const open = (query: string) => page.goto(`${wire.url}/?${RANGE}&${query}`);

/** The card of the Run that a click on the button begins. */
async function run(): Promise<Locator> {
  const begun = page.waitForResponse((response) => response.url().endsWith('/page/runs'));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const id = /id="(run-\w+)"/.exec(await (await begun).text())?.[1] ?? '';
  return page.locator(`#${id}`);
}

async function sha256(download: Download): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(await download.path()), hash);
  return hash.digest('hex');
}

/** What the page has on the disk by now. */
const filesKept = () =>
  page.evaluate<string[]>(`(async () => {
    const folder = await navigator.storage.getDirectory();
    return Array.fromAsync((await folder.getDirectoryHandle('downloads')).keys());
  })()`);

const toldSha256 = (card: Locator) => card.locator('.standing code').textContent();

/** Of the browser's processes, without what their files have in the system's cache. */
async function memoryBytes(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = await Promise.all(
    processInfo.map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => ''); // it has ended
      return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The most that the browser takes until it is asked. */
async function peakMemory(): Promise<{ first: number; peak: () => number }> {
  const browser = context.browser();
  if (browser === null) throw new Error('Cannot find the browser of the context');
  const session = await browser.newBrowserCDPSession();
  const first = await memoryBytes(session);
  let peak = first;
  const look = async () => {
    peak = Math.max(peak, await memoryBytes(session));
  };
  const timer = setInterval(() => void look(), MEMORY_LOOK_MS);
  onTestFinished(() => clearInterval(timer));
  return {
    first,
    peak() {
      clearInterval(timer);
      return peak;
    },
  };
}

test('is watched to its end, answers meanwhile, and is in the downloads, not in memory', async () => {
  await open('');
  const memory = await peakMemory();
  const downloading = page.waitForEvent('download');
  const card = await run();
  const standing = card.locator('.standing');
  await expect.poll(() => standing.textContent()).toMatch(/[1-9]\d? %, [\d,]+ rows/);
  await page.getByLabel('Show the Created Date as').selectOption('month');
  expect(page.url()).toContain('grouping=month');
  const download = await downloading;
  expect(await sha256(download)).toBe(await toldSha256(card));
  expect(memory.peak() - memory.first).toBeLessThan(MAX_MORE_MEMORY_BYTES);
  expect(download.suggestedFilename()).toBe('GladlyAISessionsDetailReport-20260701-20260731.csv');
  await expect.poll(() => card.textContent()).toContain('The file is in your downloads.');
});

test('a broken connection is taken up again by itself, while it is watched and while it is downloaded', async () => {
  await open('grouping=week');
  const downloading = page.waitForEvent('download');
  const card = await run();
  wire.cut();
  await expect.poll(() => card.textContent()).toContain('No connection.');
  wire.mend();
  wire.breakAfter(50_000_000);
  const download = await downloading;
  expect(wire.broken).toBeGreaterThan(1);
  expect(await sha256(download)).toBe(await toldSha256(card));
});

test('a download is stopped, and nothing of it stays', async () => {
  await open('grouping=day');
  wire.breakAfter(20_000_000);
  const card = await run();
  await expect.poll(() => card.textContent()).toContain('The connection is broken.');
  await run(); // the same Run: its download goes on
  await card.getByRole('button', { name: 'Stop the download' }).click();
  await expect.poll(() => card.textContent()).toContain('The download has been stopped.');
  const left = await filesKept();
  expect(left).toEqual([]);
});

test('what a page that was closed has left is removed by the next', async () => {
  await open('grouping=quarter');
  wire.breakAfter(20_000_000);
  const card = await run();
  await expect.poll(() => card.textContent()).toContain('The connection is broken.');
  await page.close();
  page = await context.newPage();
  await open('');
  await expect.poll(filesKept).toEqual([]);
});

test('is cancelled, and run again', async () => {
  await open('grouping=year');
  await page.getByText('850,000 sessions').waitFor(); // nothing moves any more
  const card = await run();
  const standing = card.locator('.standing');
  await card.getByRole('button', { name: 'Cancel' }).hover();
  await page.mouse.down();
  const before = await standing.textContent();
  await expect.poll(() => standing.textContent()).not.toBe(before);
  await page.mouse.up(); // the card has changed under the finger
  await expect.poll(() => card.locator('.standing').textContent()).toBe('Cancelled.');
  const downloading = page.waitForEvent('download');
  await card.getByRole('link', { name: 'Run again' }).click();
  expect(await sha256(await downloading)).toBe(await toldSha256(card));
  await card.getByRole('link', { name: 'Change and run' }).click();
  await page.waitForURL(/grouping=year/);
});

test('is downloaded by the browser itself while it runs', async () => {
  await open('dates=iso');
  const downloading = page.waitForEvent('download');
  const card = await run();
  await card.getByRole('link', { name: 'Download CSV while it runs' }).click();
  const download = await downloading;
  await expect.poll(() => card.getAttribute('data-state')).toBe('complete');
  expect(await sha256(download)).toBe(await toldSha256(card));
  expect(await card.locator('.downloading').isHidden()).toBe(true);
});
