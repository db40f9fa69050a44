// Options of the commands that render reports: where the spool lies, and DuckDB's limits.

import { tmpdir } from 'node:os';
import { type Command, Option } from 'commander';

export interface EngineOptions {
  readonly spool: string;
  readonly memoryLimit: string;
  readonly maxTempSize: string;
}

export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--spool <dir>', 'folder for finished parts of a Run')
        .env('AI_SESSIONS_SPOOL')
        .default(tmpdir(), 'the system’s temporary folder'),
    )
    .addOption(
      new Option('--memory-limit <size>', 'DuckDB’s memory, per organisation')
        .env('AI_SESSIONS_MEMORY_LIMIT')
        .default('1GB'),
    )
    .addOption(
      new Option('--max-temp-size <size>', 'DuckDB’s temporary files, per organisation')
        .env('AI_SESSIONS_MAX_TEMP_SIZE')
        .default('10GB'),
    );
}
