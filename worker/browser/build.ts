// `npm run page` writes what this prints to script.json: the page's script as one small file, named by
// what is in it. Runs in Node, never in the worker.

import { build } from 'esbuild';

const HASH_CHARACTERS = 16;

export async function buildScript(): Promise<{ path: string; text: string }> {
  const { outputFiles } = await build({
    entryPoints: ['worker/browser/page.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const text = outputFiles[0]?.text ?? '';
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { path: `/assets/page-${hex.slice(0, HASH_CHARACTERS)}.js`, text };
}
