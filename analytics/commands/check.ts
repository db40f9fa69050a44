// `check`: verifies every promise that SPEC 2 makes about a lake. What is wrong where on standard
// output, a summary on standard error, exit status 1 when anything is wrong.

import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { CommandFailure } from '../failure.ts';
import type { CheckOutcome } from '../lake/check/finding.ts';
import { checkLake } from '../lake/check.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';

export function checkCommand(): Command {
  return new Command('check')
    .description('verify that a lake keeps every promise made about it')
    .addOption(dataOption())
    .addOption(orgOption())
    .action(check);
}

async function check(options: { readonly data: string; readonly org?: string }): Promise<void> {
  const layout = await chooseLake(options);
  if ((await stat(layout.root).catch(ifMissing(undefined))) === undefined) {
    throw new CommandFailure(
      `Cannot check ${layout.organisation}: there is no lake in ${layout.root}`,
    );
  }
  const { outcomes, isFinished } = await checkLake(layout, new Date());
  if (isFinished) process.stderr.write('Finished an ingest that had been interrupted\n');
  for (const outcome of outcomes) process.stdout.write(outcomeText(outcome));
  const broken = outcomes.filter((outcome) => outcome.count > 0);
  if (broken.length > 0) {
    throw new CommandFailure(
      `The lake in ${layout.root} is not right: ${broken.length} of ${outcomes.length} checks found something`,
    );
  }
  process.stderr.write(`The lake in ${layout.root} is right: ${outcomes.length} checks passed\n`);
}

function outcomeText({ check: name, count, first }: CheckOutcome): string {
  const lines = first.map(({ file, sessionId, detail }) => {
    const place = [file, sessionId && `session ${sessionId}`].filter(Boolean).join(' ');
    return `${name}: ${place}: ${detail}\n`;
  });
  if (count > first.length) lines.push(`${name}: and ${count - first.length} more\n`);
  return lines.join('');
}
