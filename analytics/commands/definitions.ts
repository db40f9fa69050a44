// `definitions`: the views and macros of sql/ as one SQL script, for whatever else has DuckDB inside: only
// its own command line follows the `.read` lines of init.sql, and only from the folder above.

import { Command } from 'commander';
import { readScript } from '../engine/definitions.ts';
import { type Example, examples } from './examples.ts';

const EXAMPLES: readonly Example[] = [
  { does: 'a script for the DuckDB CLI', line: 'ai-sessions definitions > definitions.sql' },
];

export function definitionsCommand(): Command {
  return new Command('definitions')
    .description('print the views and macros of sql/ as one script, for other programs with DuckDB')
    .addHelpText('after', examples(EXAMPLES))
    .action(async () => {
      process.stdout.write(await readScript());
    });
}
