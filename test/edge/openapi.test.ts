// The OpenAPI document says what the code does: written from its schemas, with its routes and no
// others. And the page made of it.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../worker/app.ts';
import { buildDocument } from '../../worker/openapi/build.ts';
import { OPENAPI } from '../../worker/openapi/document.ts';
import { edge, NOW } from './harness.ts';

const written = JSON.parse(
  readFileSync(new URL('../../worker/openapi/openapi.json', import.meta.url), 'utf8'),
);

/** Values of path parameters for which not just any will do. */
const EXAMPLES: Readonly<Record<string, string>> = {
  report: 'ai-sessions-detail',
  format: 'csv',
  id: 'a'.repeat(40),
};

const operations = Object.entries(OPENAPI.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('the document', () => {
  it('is what `npm run openapi` writes', () => {
    expect(written).toEqual(JSON.parse(JSON.stringify(buildDocument())));
  });

  it('is served to everybody as it is written', async () => {
    const response = await edge().ask('/openapi.json', { headers: {} });
    expect(response.headers.get('Content-Type')).toBe('application/json');
    expect(await response.json()).toEqual(written);
  });

  it('has each route of the app but for parts of the page, and no others', () => {
    const app = createApp({
      fetch: async () => new Response(),
      now: () => NOW,
      addressOf: () => undefined,
      log: () => {},
    });
    const routes = app.routes.filter(({ method }) => method !== 'ALL');
    const described = operations.map(({ path, method }) => {
      const example = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => EXAMPLES[name] ?? 'x');
      const [matched] = app.router.match(method.toUpperCase(), example);
      const route = matched.map(([[, each]]) => each).find((each) => each.method !== 'ALL');
      return `${route?.method} ${route?.path}`;
    });
    const existing = routes
      .filter(({ path }) => !/^\/(page|assets)\//.test(path))
      .map(({ method, path }) => `${method} ${path}`);
    expect(new Set(described)).toEqual(new Set(existing));
  });

  it('names each operation once, and every reference leads somewhere', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...JSON.stringify(written).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)];
    const { schemas, examples } = written.components;
    const existing = Object.entries({ schemas, examples }).flatMap(([kind, named]) =>
      Object.keys(named as object).map((name) => `${kind}/${name}`),
    );
    expect(new Set(references.map(([, name]) => name))).toEqual(new Set(existing));
  });
});

const page = async () => (await edge().ask('/docs', { headers: {} })).text();

describe('the page', () => {
  it('tells of every operation, parameter, property and answer', async () => {
    const text = await page();
    for (const { path, method, operation } of operations) {
      expect(text).toContain(`<code>${method.toUpperCase()} ${path}</code>`);
      expect(text).toContain(`<h2 id="${operation.operationId}">`);
      for (const { name } of operation.parameters ?? []) expect(text).toContain(`>${name}<`);
    }
    for (const attribute of [
      'metricSet',
      'filters.channel',
      'filters.recontacted',
      'errors[].attr',
    ]) {
      expect(text).toContain(`<code>${attribute}</code>`);
    }
  });

  it('needs no other host and no script, and its policy permits none', async () => {
    const response = await edge().ask('/docs', { headers: {} });
    expect(response.headers.get('Content-Security-Policy')).toMatch(
      /^default-src 'none'; style-src/,
    );
    expect(response.headers.get('Cache-Control')).toBe('private, no-store');
    const text = await response.text();
    expect(text).not.toMatch(/<script|<link|<img|style=|\son\w+=|src=|https?:\/\//);
    const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => `#${id}`);
    expect(links.filter((href) => href?.startsWith('#'))).toEqual(
      operations.map(({ operation }) => `#${operation.operationId}`),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(links.filter((href) => href?.startsWith('#'))));
  });

  it('has one first heading, and none is left out below it', async () => {
    const levels = [...(await page()).matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) {
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    }
  });
});
