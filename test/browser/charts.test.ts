// Charts as people see them: in the light and the dark, on a telephone, with names of every kind. What is
// measured is what Chromium has laid out.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeLake } from '../unit/support/writeLake.ts';
import { HARD_NAMES, hardNames } from './support/hardNames.ts';
import { expectWell, expectWellInAllLooks, LOOK_NAMES, picture, turn } from './support/looks.ts';
import { signIn } from './support/signIn.ts';
import { SAMPLE_RANGE, type Site, startSite } from './support/site.ts';

const ACCOUNTS = {
  ana: { email: 'ana@acme.example', org: 'acme', roles: ['analyst'] },
  zoe: { email: 'zoe@globex.example', org: 'globex', roles: ['analyst'] },
};

let site: Site;

beforeAll(async () => {
  site = await startSite({ accounts: ACCOUNTS });
  await writeLake(hardNames(site.dataDir, 'globex'));
});

afterAll(() => site.close());

afterEach(() => expect(site.complaints.splice(0)).toEqual([]));

async function browse(login: keyof typeof ACCOUNTS): Promise<Page> {
  const page = await site.newPage();
  await page.goto(site.url);
  await signIn(page, login);
  await page.getByText('Signed in as').waitFor();
  return page;
}

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of what is shown of the elements, by figure. */
function boxes(page: Page, selector: string): Promise<Box[][]> {
  return page.evaluate(`[...document.querySelectorAll('.plot')].map((plot) =>
    [...plot.querySelectorAll(${JSON.stringify(selector)})]
      .filter((each) => each.getClientRects().length > 0)
      .map((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        return { text: each.textContent, left, right, top, bottom };
      }))`);
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom &&
    other.top < one.bottom
  );
}

function expectApart(groups: Box[][]): void {
  for (const group of groups) {
    for (const [index, box] of group.entries()) {
      const covered = group.slice(index + 1).filter((other) => overlap(box, other));
      expect(covered.map(({ text }) => `${box.text} covers ${text}`)).toEqual([]);
    }
  }
}

const QUERY = new URLSearchParams(SAMPLE_RANGE).toString();
/** The first and the last period are not whole. */
const CUT = 'from=2026-05-06&to=2026-07-29';

describe('Acme', () => {
  let page: Page;

  beforeAll(async () => {
    page = await browse('ana');
  });

  afterAll(() => page.context().close());

  test.each([
    ['rates by week', `ai-sessions-summary?${CUT}&grouping=week`, 'summary'],
    ['rates by day', `ai-sessions-summary?${QUERY}&grouping=day`, undefined],
    ['rates of one month', 'ai-sessions-summary?from=2026-06-01&to=2026-06-30', undefined],
    ['rates of the whole range', `ai-sessions-summary?${QUERY}&grouping=none`, undefined],
    ['rates by channel', `ai-sessions-summary?${CUT}&grouping=week&by=channel`, 'channels'],
    ['rates of channels', `ai-sessions-summary?${QUERY}&grouping=none&by=channel`, undefined],
    ['reasons', `ai-handoff-reasons?${QUERY}`, 'handoff-reasons'],
    ['reasons by month', `ai-handoff-reasons?${QUERY}&grouping=month`, undefined],
    ['guides', `ai-guides?${QUERY}`, 'guides'],
    ['guides by month', `ai-guides?${QUERY}&grouping=month&channel=CHAT`, undefined],
    ['nothing', `ai-guides?${QUERY}&channel=CARRIER_PIGEON`, undefined],
  ])('%s', async (_, path, name) => {
    await page.goto(`${site.url}/reports/${path}`);
    for (const look of LOOK_NAMES) {
      await turn(page, look);
      await expectWell(page);
      expectApart(await boxes(page, '.tick'));
      expectApart(await boxes(page, '.end'));
      if (look === 'narrow') await page.evaluate(`document.querySelector('h2').scrollIntoView()`);
      if (name !== undefined) await picture(page, `${name}-${look}`);
    }
  });

  test('every mark lies on its line, and every period has its column', async () => {
    await turn(page, 'light');
    await page.goto(`${site.url}/reports/ai-sessions-summary?${QUERY}`);
    const marks = (await boxes(page, 'use[href="#mark-resolution"]')).flat();
    const lines = (await boxes(page, 'path.line.resolution')).flat();
    expect(marks).toHaveLength(3);
    const [line] = lines;
    const middles = marks.map(({ left, right }) => (left + right) / 2);
    expect(line?.left).toBeCloseTo(Math.min(...middles), 0);
    expect(line?.right).toBeCloseTo(Math.max(...middles), 0);
    const heights = marks.map(({ top, bottom }) => (top + bottom) / 2);
    expect(line?.top).toBeCloseTo(Math.min(...heights), 0);
    expect(line?.bottom).toBeCloseTo(Math.max(...heights), 0);
  });

  test('bars of one measure begin at one place and are as long as their values', async () => {
    await page.goto(`${site.url}/reports/ai-handoff-reasons?${QUERY}`);
    const bars: { left: number; width: number; whole: number; value: string }[] =
      await page.evaluate(`[...document.querySelectorAll('.measure:has(.bar)')].map((each) => {
        const { left, width } = each.querySelector('.fill').getBoundingClientRect();
        const whole = each.querySelector('.track').getBoundingClientRect().width;
        return { left, width, whole, value: each.querySelector('.value').textContent };
      })`);
    expect(new Set(bars.map(({ left }) => left)).size).toBe(1);
    expect(new Set(bars.map(({ whole }) => whole)).size).toBe(1);
    const counts = bars.map(({ value }) => Number(value.split(', ')[0]?.replace(',', '')));
    const most = Math.max(...counts);
    for (const [index, { width, whole }] of bars.entries()) {
      expect(width / whole).toBeCloseTo((counts[index] ?? 0) / most, 2);
    }
  });

  test('the table says what the download says', async () => {
    await page.goto(`${site.url}/reports/ai-guides?${QUERY}`);
    const cells = await page
      .locator('table tr')
      .evaluateAll((rows) => rows.map((row) => row.textContent));
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'JSON Lines' }).click();
    const stream = await (await download).createReadStream();
    const text = (await stream.toArray()).join('');
    const rows: { Guide: string; Sessions: number }[] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(cells).toHaveLength(rows.length + 1);
    for (const [index, { Guide, Sessions }] of rows.entries()) {
      expect(cells[index + 1]).toContain(Guide + Sessions.toLocaleString('en'));
    }
  });

  test('colours are the person’s own where they have chosen so', async () => {
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
    await page.goto(`${site.url}/reports/ai-sessions-summary?${QUERY}`);
    const [stroke, text] = (await page.evaluate(`[
      getComputedStyle(document.querySelector('.plot .line.handoff')).stroke,
      getComputedStyle(document.body).color,
    ]`)) as string[];
    expect(stroke).toBe(text);
    await page.emulateMedia({ forcedColors: 'none' });
  });

  test('the keyboard reaches the table, and scrolls it', async () => {
    await turn(page, 'narrow');
    await page.goto(`${site.url}/reports/ai-sessions-summary?${QUERY}`);
    const region = page.getByRole('region', { name: 'Gladly AI Sessions Summary' });
    await region.focus();
    await page.keyboard.press('ArrowRight');
    const scrolled = () => page.evaluate(`document.querySelector('.scroll').scrollLeft`);
    await expect.poll(scrolled).toBeGreaterThan(0);
  });

  test('links lead from week to month, to channels, and back to the form', async () => {
    await turn(page, 'light');
    await page.goto(`${site.url}/reports/ai-sessions-summary?${QUERY}&grouping=week`);
    await page.getByRole('link', { name: 'Month' }).click();
    await page.getByRole('columnheader', { name: 'Created Month' }).waitFor();
    await page.getByRole('link', { name: 'Channel', exact: true }).click();
    await page.getByRole('heading', { name: 'CHAT', exact: true }).waitFor();
    await page.getByRole('link', { name: 'All reports' }).click();
    await page.getByText('Signed in as ana@acme.example').waitFor();
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({
      report: 'ai-sessions-summary',
      ...SAMPLE_RANGE,
      grouping: 'month',
      by: 'channel',
    });
  });
});

describe('names that are very long, or from right to left', () => {
  let page: Page;

  beforeAll(async () => {
    page = await browse('zoe');
  });

  afterAll(() => page.context().close());

  test.each([
    ['ai-guides?from=2026-06-01&to=2026-07-31', 'hard-names'],
    ['ai-handoff-reasons?from=2026-06-01&to=2026-07-31', undefined],
    ['ai-sessions-summary?from=2026-06-01&to=2026-07-31&by=agent&grouping=week', 'hard-agents'],
  ])('are shown, and are whole in the table: %s', async (path, name) => {
    await page.goto(`${site.url}/reports/${path}`);
    await expectWellInAllLooks(page);
    if (name !== undefined) {
      for (const look of LOOK_NAMES) {
        await turn(page, look);
        await picture(page, `${name}-${look}`);
      }
    }
    const cells = await page.locator('tbody th').allTextContents();
    for (const hard of HARD_NAMES) expect(cells).toContain(hard);
  });
});
