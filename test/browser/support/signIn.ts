// Signing in as a person does: the site's page, its button, the provider's form.

import type { Page } from 'playwright-core';

/** At the provider's form; any password will do. */
export async function logIn(page: Page, login: string): Promise<void> {
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', 'any');
  await page.click('button[type=submit]');
}

export async function signIn(page: Page, login: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in with' }).click();
  await logIn(page, login);
}
