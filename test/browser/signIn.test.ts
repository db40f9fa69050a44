// Signing in and out, and being told why not, in Chromium with a real identity provider.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import { expectWellInAllLooks, picture, turn } from './support/looks.ts';
import { logIn, signIn } from './support/signIn.ts';
import { SAMPLE_RANGE, type Site, startSite } from './support/site.ts';

const QUERY = new URLSearchParams(SAMPLE_RANGE).toString();

const ACCOUNTS = {
  ana: { email: 'ana@acme.example', org: 'acme', roles: ['analyst'] },
  gus: { email: 'gus@acme.example', org: 'acme', roles: ['agent'] },
  nora: { email: 'nora@initech.example', org: 'initech', roles: ['administrator'] },
  olaf: { email: 'olaf@nowhere.example' },
};

/** What Chromium says of a page that is a refusal. */
const REFUSED = /^Failed to load resource: the server responded with a status of 40[134]/;

let site: Site;
let page: Page;

beforeAll(async () => {
  site = await startSite({ accounts: ACCOUNTS });
});

afterAll(() => site.close());

beforeEach(async () => {
  page = await site.newPage();
});

afterEach(async () => {
  await page.context().close();
  expect(site.complaints.splice(0).filter((text) => !REFUSED.test(text))).toEqual([]);
});

const url = () => new URL(page.url());

async function leaveProvider(): Promise<void> {
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
}

const program = (args: readonly string[]) =>
  untilEnd(startProgram('cli.ts', args, { temp: site.dataDir }));

/** What a shell would hand on. */
const argumentsOf = (command: string) => command.replace(/^npx ai-sessions /, '').split(' ');

async function expectKnown(command: string): Promise<void> {
  const [name = '', ...args] = argumentsOf(command);
  const help = (await program([name, '--help'])).stdout.toString();
  for (const option of args.filter((each) => each.startsWith('--'))) {
    expect(help).toContain(` ${option} `);
  }
}

test('a person signs in by the page’s button, comes back to what they asked for, and signs out', async () => {
  await page.goto(`${site.url}/?report=ai-guides&${QUERY}`);
  await page.getByRole('heading', { name: 'Gladly AI reports' }).waitFor();
  await expectWellInAllLooks(page);
  await turn(page, 'light');
  await picture(page, 'sign-in');

  await signIn(page, 'ana');
  await page.getByText('Signed in as ana@acme.example').waitFor();
  expect(url().pathname + url().search).toBe(`/?report=ai-guides&${QUERY}`);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await leaveProvider();
  await page.getByRole('heading', { name: 'Signed out' }).waitFor();
  await expectWellInAllLooks(page);
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await page.getByRole('link', { name: 'Sign in with' }).click();
  await page.locator('input[name=login]').waitFor();
});

test('a link to a chart goes to the provider at once, and comes back to the chart', async () => {
  await page.goto(`${site.url}/reports/ai-guides?${QUERY}`);
  await logIn(page, 'ana');
  await page.getByRole('heading', { name: 'Gladly AI Guides' }).waitFor();
  expect(url().search).toBe(`?${QUERY}`);
});

test('a link to a file comes back to the file', async () => {
  await page.goto(`${site.url}/reports/ai-guides.csv?${QUERY}`);
  const [download] = await Promise.all([page.waitForEvent('download'), logIn(page, 'ana')]);
  expect(download.suggestedFilename()).toBe('GladlyAIGuidesReport-20260501-20260731.csv');
  expect((await readFile(await download.path(), 'utf8')).slice(0, 15)).toBe('Guide,Sessions,');
});

test('someone without a role is told what they lack, and can come as someone else', async () => {
  await page.goto(site.url);
  await signIn(page, 'gus');
  await page.getByRole('heading', { name: 'Not permitted' }).waitFor();
  await page
    .getByText('You are signed in as gus@acme.example of acme, with the role agent.')
    .waitFor();
  await expectWellInAllLooks(page);
  await turn(page, 'light');
  await picture(page, 'not-permitted');

  await page.getByRole('button', { name: 'Sign out, and sign in as someone else' }).click();
  await leaveProvider();
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await signIn(page, 'ana');
  await page.getByText('Signed in as ana@acme.example').waitFor();
});

test('someone whose account is not set up is told whom to ask', async () => {
  await page.goto(site.url);
  await signIn(page, 'olaf');
  await page.getByText('your account is not set up for these reports').waitFor();
  await expectWellInAllLooks(page);
});

test('an organisation without data is told the command that makes some, and it does', async () => {
  await page.goto(site.url);
  await signIn(page, 'nora');
  await page.getByRole('heading', { name: 'There is no data yet' }).waitFor();
  await expectWellInAllLooks(page);

  const commands = await page.locator('pre').allTextContents();
  for (const command of commands) await expectKnown(command);
  const sample = commands.find((command) => command.includes(' sample ')) ?? '';
  const small = ['--data', site.dataDir, '--sessions', '300', '--days', '10'];
  expect((await program([...argumentsOf(sample), ...small])).status).toBe(0);

  await page.reload();
  await page.getByText('Signed in as nora@initech.example').waitFor();
});
