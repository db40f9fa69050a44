import { defineConfig } from 'vitest/config';

// One project per folder, quickest first; e2e starts real processes and so runs one file at a time.
const project = (name: string, options: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

export default defineConfig({
  test: {
    root: '.',
    projects: [
      project('architecture'),
      project('unit', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('edge'),
      // A longer run, begun with PROPERTY_RUNS, takes as long as it takes.
      project('property', { testTimeout: process.env['PROPERTY_RUNS'] ? 0 : 120_000 }),
      project('e2e', { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
  },
});
