// The Reports page as a support manager uses it: in Chromium, signed in with a real identity provider,
// and the file in the downloads compared with what the command line writes.

import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';
import { damageData } from '../e2e/support/damage.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import { expectWellInAllLooks, picture, turn } from './support/looks.ts';
import { signIn } from './support/signIn.ts';
import { type Site, startSite } from './support/site.ts';

const ACCOUNTS = {
  ana: { email: 'ana@acme.example', org: 'acme', roles: ['analyst'] },
  dan: { email: 'dan@damaged.example', org: 'damaged', roles: ['analyst'] },
  max: { email: 'max@acme.example', org: 'acme', roles: ['team_manager'] },
};

const JULY = ['--from', '2026-07-01', '--to', '2026-07-31'];
const RANGE = 'from=2026-07-01&to=2026-07-31';

const FEW = { sessions: 200, days: 4, seed: 1, transcripts: false, until: '2026-07-31' };

let site: Site;
let page: Page;

beforeAll(async () => {
  site = await startSite({ accounts: ACCOUNTS });
  const damaged = lakeLayout(site.dataDir, 'damaged');
  await makeSample({ ...FEW, layout: damaged });
  await damageData(damaged.sessionsFile('2026-07-30'));
});

afterAll(() => site.close());

beforeEach(async () => {
  page = await site.newPage({ permissions: ['clipboard-read', 'clipboard-write'] });
});

afterEach(async () => {
  await page.context().close();
  expect(site.complaints.splice(0)).toEqual([]);
});

async function open(query = RANGE, login: keyof typeof ACCOUNTS = 'ana', on = page): Promise<void> {
  await on.goto(`${site.url}/?${query}`);
  await signIn(on, login);
  await on.getByText(`Signed in as ${ACCOUNTS[login].email}`).waitFor();
}

const runButton = () => page.getByRole('button', { name: 'Run', exact: true });
const estimate = () => page.locator('#estimate');
const card = (): Locator => page.locator('.run').first();

/** What `ai-sessions run` writes. */
async function commandLine(report: string, args: readonly string[]): Promise<Buffer> {
  const options = ['run', report, '--data', site.dataDir, '--org', 'acme', ...args];
  const { status, stdout } = await untilEnd(
    startProgram('cli.ts', options, { temp: site.dataDir }),
  );
  expect(status).toBe(0);
  return stdout;
}

async function downloadOf(click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** What the browser says of a field that is not right. */
const complaint = (field: object) => (field as { validationMessage: string }).validationMessage;

test('from sign-in to a file in the downloads that is the command line’s, byte for byte', async () => {
  await open('');
  await page.getByText('Last month').waitFor();
  await page.getByLabel('From', { exact: true }).fill('2026-07-01');
  await page.getByLabel('To, this day included').fill('2026-07-31');
  await expect.poll(() => estimate().textContent()).toMatch(/[\d,]+ sessions match/);
  const { name, bytes } = await downloadOf(() => runButton().click());
  expect(name).toBe('GladlyAISessionsDetailReport-20260701-20260731.csv');
  expect(bytes.equals(await commandLine('ai-sessions-detail', JULY))).toBe(true);

  await expect.poll(() => card().textContent()).toContain('The file is in your downloads.');
  const rows = bytes.toString().split('\n').length; // some cells have several lines
  const told = Number(
    /([\d,]+) rows/.exec((await card().textContent()) ?? '')?.[1]?.replace(',', ''),
  );
  expect(told).toBeGreaterThan(1000);
  expect(told).toBeLessThan(rows);
  await expectWellInAllLooks(page);
  await picture(page, 'reports-narrow');
  await turn(page, 'light');
  await picture(page, 'reports-light', true);

  await card().getByText('As a command or SQL').click();
  const copy = card().locator('[data-copy$=-sql]');
  await copy.click();
  await expect.poll(() => copy.textContent()).toBe('Copied');
  const copied = await page.evaluate('navigator.clipboard.readText()');
  expect(copied).toContain("from ai_sessions_detail(\n  from_date := '2026-07-01',");
  expect(copied).toBe(await card().locator('code[id$=-sql]').textContent());
  await expectWellInAllLooks(page);
});

test.each(REPORT_NAMES)('%s is run with the keyboard alone', async (report) => {
  await open(RANGE, 'max');
  await page.locator('input[name=report]:checked').focus();
  const steps = REPORT_NAMES.indexOf(report);
  for (let step = 0; step < steps; step += 1) await page.keyboard.press('ArrowDown');
  expect(await page.locator('input[name=report]:checked').getAttribute('value')).toBe(report);
  if (report.endsWith('with-messages')) {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
  }
  const { bytes } = await downloadOf(async () => {
    await runButton().focus();
    await page.keyboard.press('Enter');
  });
  expect(bytes.equals(await commandLine(report, JULY))).toBe(true);
});

test('filters are offered with what occurs, kept in the address, and in force', async () => {
  await open();
  await page.getByText('Filters', { exact: true }).click();
  await page.getByRole('checkbox', { name: /^CHAT/ }).check();
  const runsBefore = await page.locator('#runs .run').count();
  await page.getByPlaceholder('Search 24 values').fill('order');
  await page.getByPlaceholder('Search 24 values').press('Enter');
  const guides = page.getByRole('group', { name: 'Guide', exact: true }).first();
  await guides.getByRole('checkbox', { name: /^Where is my order\?/ }).check();
  expect(await guides.getByRole('checkbox', { name: /^Returns, exchanges/ }).isVisible()).toBe(
    false,
  );
  expect(await page.locator('#runs .run').count()).toBe(runsBefore);
  await page.getByText('2 used').waitFor();
  await page.getByLabel('Show the Created Date as').selectOption('week');
  await expectWellInAllLooks(page);
  await turn(page, 'dark');
  await guides.scrollIntoViewIfNeeded();
  await picture(page, 'filters-dark');

  const address = new URL(page.url());
  expect(address.searchParams.getAll('channel')).toEqual(['CHAT']);
  expect(address.searchParams.getAll('guide')).toEqual(['Where is my order?']);

  await page.reload();
  await expect.poll(() => page.getByRole('checkbox', { name: /^CHAT/ }).isChecked()).toBe(true);
  const { name, bytes } = await downloadOf(() => runButton().click());
  expect(name).toBe('GladlyAISessionsDetailReport-20260701-20260731-Weekly.csv');
  const filters = ['--channel', 'CHAT', '--guide', 'Where is my order?', '--grouping', 'week'];
  expect(bytes.equals(await commandLine('ai-sessions-detail', [...JULY, ...filters]))).toBe(true);
});

test('filters stay in force when their values cannot be looked up', async () => {
  await page.route('**/page/choices*', (route) => route.abort());
  await open(`${RANGE}&channel=CHAT`);
  await page.locator('#choices-failure').getByText('No connection').waitFor();
  expect(await page.getByRole('checkbox', { name: 'CHAT' }).isChecked()).toBe(true);
  site.complaints.splice(0); // Chromium's own line about the broken connection
  const { bytes } = await downloadOf(() => runButton().click());
  const filter = ['--channel', 'CHAT'];
  expect(bytes.equals(await commandLine('ai-sessions-detail', [...JULY, ...filter]))).toBe(true);
});

test('Enter in a field runs the report', async () => {
  await open();
  await page.getByText('Filters', { exact: true }).click();
  const ids = page.getByLabel('Session IDs');
  await ids.fill('none-of-them, nor-this');
  const { bytes } = await downloadOf(() => ids.press('Enter'));
  const filter = ['--session-id', 'none-of-them', '--session-id', 'nor-this'];
  expect(bytes.equals(await commandLine('ai-sessions-detail', [...JULY, ...filter]))).toBe(true);
});

test('a preview shows how the file begins, and goes when something else is asked for', async () => {
  await open();
  await page.getByRole('button', { name: 'Preview' }).click();
  const table = page.getByRole('region', { name: 'Preview' });
  await table.getByText('The first 20 rows').waitFor();
  expect(await table.locator('tbody tr').count()).toBe(20);
  const csv = (await commandLine('ai-sessions-detail', JULY)).toString();
  expect(await table.locator('tbody td').first().textContent()).toBe(
    csv.split('\n')[1]?.split(',')[0],
  );
  await expectWellInAllLooks(page);
  await turn(page, 'light');
  await table.scrollIntoViewIfNeeded();
  await picture(page, 'preview-light');
  await page.getByText('Last 7 days').click();
  await expect.poll(() => table.count()).toBe(0);
});

test('a range of which there is nothing says so, and a wrong one what is wrong', async () => {
  await open('from=2020-01-01&to=2020-01-31');
  await expect.poll(() => estimate().textContent()).toContain('No session matches.');
  await page.getByLabel('To, this day included').fill('2019-01-01');
  await expect.poll(() => estimate().textContent()).toContain('must not be after to');
  await runButton().click();
  await expect.poll(() => estimate().textContent()).toContain('The Run is not valid');
  site.complaints.splice(0); // Chromium's own line about the 400
  await page.getByLabel('Time zone').fill('Mars/Olympus');
  await runButton().click();
  expect(await page.getByLabel('Time zone').evaluate(complaint)).toContain(
    'Choose one of the listed time zones',
  );
});

test('messages are for those who may read them, after a tick', async () => {
  await open(RANGE, 'max');
  const messages = page.getByRole('radio', { name: /with Messages/ });
  await messages.check();
  await runButton().click();
  const consent = page.getByRole('checkbox', { name: /^I know that/ });
  expect(await consent.evaluate(complaint)).not.toBe('');
  await consent.check();
  const { bytes } = await downloadOf(() => runButton().click());
  expect(bytes.equals(await commandLine('ai-sessions-detail-with-messages', JULY))).toBe(true);
  expect(page.url()).not.toContain('personalData');
});

test('a counting report is shown as a chart, and leads back with the same parameters', async () => {
  await open();
  await page.getByRole('radio', { name: /Summary/ }).check();
  await page.locator('select[name=by]').selectOption('channel');
  await page.getByRole('button', { name: 'Show as a chart' }).click();
  await page.getByRole('heading', { level: 1, name: /Summary/ }).waitFor();
  expect(new URL(page.url()).searchParams.get('by')).toBe('channel');
});

test('a Run that fails says what can be done next', async () => {
  await open('from=2026-07-29&to=2026-07-31', 'dan');
  await expect.poll(() => estimate().textContent()).toContain('The Run failed');
  site.complaints.splice(0); // Chromium's own line about the 500
  await runButton().click();
  await expect.poll(() => card().textContent()).toContain('The Run failed.');
  expect(await card().textContent()).toContain('If it fails again, tell whoever runs this site.');
  expect(
    await card()
      .getByRole('link', { name: /^Download/ })
      .count(),
  ).toBe(0);
  await expectWellInAllLooks(page);
});

test('a session that has ended meanwhile leads to where one signs in, and back', async () => {
  await open();
  await page.getByLabel('Show the Created Date as').selectOption('week');
  await page.context().clearCookies();
  await runButton().click();
  await expect.poll(() => estimate().textContent()).toContain('Not signed in');
  site.complaints.splice(0); // Chromium's own line about the 401
  await estimate().getByRole('link', { name: 'Sign in again' }).click();
  await signIn(page, 'ana');
  const grouping = page.getByLabel('Show the Created Date as');
  await expect.poll(() => grouping.inputValue()).toBe('week');
});

test('without a script the form runs, previews, filters and downloads', async () => {
  const plain = await site.newPage({ javaScriptEnabled: false });
  await open(RANGE, 'ana', plain);
  await plain.getByText('Filters', { exact: true }).click();
  await plain.getByRole('button', { name: /^Show the channels/ }).click();
  await plain.getByRole('checkbox', { name: /^CHAT/ }).check();
  await plain.getByRole('button', { name: 'Preview' }).click();
  await plain.getByText(/sessions match/).waitFor();
  await plain.getByText('The first 20 rows').waitFor();
  const [download] = await Promise.all([
    plain.waitForEvent('download'),
    plain.getByRole('button', { name: 'Run', exact: true }).click(),
  ]);
  const bytes = await readFile(await download.path());
  const expected = await commandLine('ai-sessions-detail', [...JULY, '--channel', 'CHAT']);
  expect(bytes.equals(expected)).toBe(true);
  await plain.context().close();
});
