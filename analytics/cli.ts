#!/usr/bin/env node
// The command line (SPEC 6): data on standard output, everything else on standard error.

import { Command } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { benchCommand } from './commands/bench.ts';
import { checkCommand } from './commands/check.ts';
import { definitionsCommand } from './commands/definitions.ts';
import { forgetCommand } from './commands/forget.ts';
import { ingestCommand } from './commands/ingest.ts';
import { runProgram } from './commands/program.ts';
import { pullCommand } from './commands/pull.ts';
import { runCommand } from './commands/run.ts';
import { sampleCommand } from './commands/sample.ts';
import { serveCommand } from './commands/serve.ts';
import { sqlCommand } from './commands/sql.ts';
import { tokenCommand } from './commands/token.ts';
import { version } from './version.ts';

await runProgram(
  new Command('ai-sessions')
    .description('Gladly AI Sessions reports: DuckDB SQL over Parquet')
    .version(version())
    .addCommand(runCommand())
    .addCommand(sampleCommand())
    .addCommand(sqlCommand())
    .addCommand(definitionsCommand())
    .addCommand(ingestCommand())
    .addCommand(pullCommand())
    .addCommand(forgetCommand())
    .addCommand(checkCommand())
    .addCommand(serveCommand())
    .addCommand(auditCommand())
    .addCommand(tokenCommand())
    .addCommand(benchCommand()),
);
