// A real browser, without a window, from the packages: nothing has to be installed on the machine.

import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Made for a function that ends after one page: with it, the second context never comes up. */
const ONE_PAGE = '--single-process';

export const browserArguments = (): string[] =>
  chromium.args.filter((argument) => argument !== ONE_PAGE);

export async function startChromium(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: browserArguments(),
  });
}
