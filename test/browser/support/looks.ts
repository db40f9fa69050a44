// The ways in which people look at a page, and what must hold in each of them.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './axe.ts';

const WIDE = { width: 1040, height: 820 };

/** 320 px is a page at 400%, too (WCAG 2.2, 1.4.10). */
export const LOOKS = {
  light: { viewport: WIDE, colorScheme: 'light' },
  dark: { viewport: WIDE, colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 720 }, colorScheme: 'light' },
} as const satisfies Record<string, BrowserContextOptions>;

export type Look = keyof typeof LOOKS;

export const LOOK_NAMES = Object.keys(LOOKS) as Look[];

export async function turn(page: Page, look: Look): Promise<void> {
  const { viewport, colorScheme } = LOOKS[look];
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
}

/** Everyone can use it, and nothing sticks out to the side. */
export async function expectWell(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  expect(content).toBe(window);
}

/** In each look in turn. */
export async function expectWellInAllLooks(page: Page): Promise<void> {
  for (const look of LOOK_NAMES) {
    await turn(page, look);
    await expectWell(page);
  }
}

/** What is kept of all that is looked at. */
const PICTURES: ReadonlySet<string> = new Set([
  'reports-light',
  'reports-narrow',
  'filters-dark',
  'preview-light',
  'sign-in',
  'not-permitted',
  'summary-light',
  'summary-dark',
  'summary-narrow',
  'channels-dark',
  'guides-light',
  'hard-names-light',
]);

/** Writes test/browser/screens/ anew when SCREENS is set: pictures for the README, of what is in sight or of all. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  if (!process.env['SCREENS'] || !PICTURES.has(name)) return;
  await page.screenshot({ path: `test/browser/screens/${name}.png`, fullPage });
}
