// `check`: verifies every promise that SPEC 2 makes about a lake. What is wrong where on standard
// output, a summary on standard error, exit status 1 when anything is wrong.

import { Command } from 'commander';
import { CommandFailure } from '../failure.ts';
import type { CheckOutcome } from '../lake/check/finding.ts';
import { checkLake } from '../lake/check.ts';
import { type Example, examples } from './examples.ts';
import { dataOption, findLake, orgOption } from './options.ts';

const EXAMPLES: readonly Example[] = [
  {
    does: 'the only lake there is, or the one of an organisation',
    line: 'ai-sessions check --org acme',
  },
];

export function checkCommand(): Command {
  return new Command('check')
    .description('verify that a lake keeps every promise made about it')
    .addOption(dataOption())
    .addOption(orgOption())
    .addHelpText('after', examples(EXAMPLES))
    .action(check);
}

async function check(options: { readonly data: string; readonly org?: string }): Promise<void> {
  const layout = await findLake(options);
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
