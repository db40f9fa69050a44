import { defineConfig } from 'vitest/config';

// One project per folder, quickest first; e2e and browser start real processes and so run one file at a time.
// Time limits are for what hangs: a busy machine must not fail a test.
const PATIENCE = { testTimeout: 240_000, hookTimeout: 240_000 };

const project = (name: string, options: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

export default defineConfig({
  test: {
    root: '.',
    projects: [
      project('architecture'),
      project('unit', PATIENCE),
      project('edge'),
      // A longer run, begun with PROPERTY_RUNS, takes as long as it takes.
      project('property', process.env['PROPERTY_RUNS'] ? { testTimeout: 0 } : PATIENCE),
      project('e2e', { ...PATIENCE, fileParallelism: false }),
      project('browser', {
        ...PATIENCE,
        fileParallelism: false,
        expect: { poll: { timeout: 60_000 } },
      }),
    ],
  },
});
