#!/usr/bin/env node
// The command line (SPEC 6): data on standard output, everything else on standard error.
// Exit status 0 done, 1 failed, 2 wrong usage.

import { Command, CommanderError } from 'commander';
import { UsageError } from './commands/failure.ts';
import { runCommand } from './commands/run.ts';
import { sampleCommand } from './commands/sample.ts';
import { serveCommand } from './commands/serve.ts';

const program = new Command('ai-sessions')
  .description('Gladly AI Sessions reports: DuckDB SQL over Parquet')
  .addCommand(runCommand())
  .addCommand(sampleCommand())
  .addCommand(serveCommand());

for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitStatus(error);
}

function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof UsageError ? 2 : 1;
}
