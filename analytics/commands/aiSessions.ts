// All commands of `npx ai-sessions` (SPEC 6).

import { Command } from 'commander';
import { version } from '../version.ts';
import { auditCommand } from './audit.ts';
import { benchCommand } from './bench.ts';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion.ts';
import { definitionsCommand } from './definitions.ts';
import { forgetCommand } from './forget.ts';
import { ingestCommand } from './ingest.ts';
import { pullCommand } from './pull.ts';
import { runCommand } from './run.ts';
import { sampleCommand } from './sample.ts';
import { serveCommand } from './serve.ts';
import { sqlCommand } from './sql.ts';
import { tokenCommand } from './token.ts';

export function aiSessions(): Command {
  return new Command('ai-sessions')
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
    .addCommand(benchCommand())
    .addCommand(completionCommand())
    .addHelpText('after', '\nEach has examples: ai-sessions run --help');
}
