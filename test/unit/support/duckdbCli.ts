// Stands in for the DuckDB CLI, which no package brings: `-init` before every `-cmd`, then standard input.
// As in DuckDB 1.5.5 (tools/shell), `.cd` changes the working directory, and `.read` opens a file as it
// is named, from there.

import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { DuckDBInstance, ResultReturnType } from '@duckdb/node-api';
import { splitStatements } from '../../../analytics/engine/splitStatements.ts';
import { tableText } from '../../../analytics/formats/table.ts';

const { values } = parseArgs({
  args: process.argv.slice(2).map((arg) => arg.replace(/^-(init|cmd)$/, '--$1')),
  options: { init: { type: 'string' }, cmd: { type: 'string', multiple: true, default: [] } },
});
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();

async function run(script: string): Promise<void> {
  for (const part of script.split(/^(\..*)$/m)) {
    if (part.startsWith('.')) await obey(part);
    else for (const statement of splitStatements(part)) await print(statement);
  }
}

async function obey(command: string): Promise<void> {
  const [, name, argument = ''] = /^\.(\w+) (.*)$/.exec(command) ?? [];
  if (name === 'cd') process.chdir(argument);
  else if (name === 'read') await run(readFileSync(argument, 'utf8'));
  else throw new Error(`Cannot obey "${command}"`);
}

async function print(statement: string): Promise<void> {
  const result = await connection.stream(statement);
  if (result.returnType !== ResultReturnType.QUERY_RESULT) return;
  process.stdout.write(await text(tableText(result)));
}

if (values.init !== undefined) await run(readFileSync(values.init, 'utf8'));
for (const command of values.cmd) await run(command);
await run(await text(process.stdin));
