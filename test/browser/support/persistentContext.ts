// Chromium with a profile on the disk, as people have it: only there do a site's own files lie on the
// disk too.

import chromium from '@sparticuz/chromium';
import { type BrowserContext, chromium as playwright } from 'playwright-core';
import { browserArguments } from '../../e2e/support/chromium.ts';

export async function persistentContext(folder: string): Promise<BrowserContext> {
  return playwright.launchPersistentContext(folder, {
    executablePath: await chromium.executablePath(),
    args: browserArguments(),
  });
}
