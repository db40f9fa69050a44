// `audit verify`: whether the audit is what was written. How it stands on standard output, one line an
// organisation; exit status 1 when something is wrong anywhere.

import { Command } from 'commander';
import { verifyTrail } from '../audit/verify.ts';
import { CommandFailure } from '../failure.ts';
import { listLakes } from '../lake/list.ts';
import { type AuditOption, auditFolder, auditOption } from './auditOption.ts';
import { type Example, examples } from './examples.ts';
import { dataOption, parseOrganisation } from './options.ts';

const EXAMPLES: readonly Example[] = [
  {
    does: 'every organisation’s',
    line: 'ai-sessions audit verify --data data',
  },
];

export function auditCommand(): Command {
  const verify = new Command('verify')
    .description('verify that no line of the audit was changed, removed or moved')
    .addOption(dataOption())
    .option('--org <org>', 'one organisation; all when left out', parseOrganisation)
    .addOption(auditOption())
    .addHelpText('after', examples(EXAMPLES))
    .action(run);
  return new Command('audit').description('what has been done with the data').addCommand(verify);
}

async function run(options: AuditOption & { readonly org?: string }): Promise<void> {
  const folder = auditFolder(options);
  const organisations = options.org === undefined ? await listLakes(folder) : [options.org];
  if (organisations.length === 0) {
    throw new CommandFailure(`Cannot find an audit in ${folder}: name another with --audit`);
  }
  let wrong = 0;
  for (const organisation of organisations) {
    const verified = await verifyTrail(folder, organisation);
    if (verified === undefined) {
      throw new CommandFailure(`Cannot find an audit of "${organisation}" in ${folder}`);
    }
    const { link, fault, isTorn } = verified;
    if (fault !== undefined) wrong += 1;
    const torn = isTorn ? ', and one that is being written or was torn by a crash' : '';
    const said = fault ?? `${link.count} lines, the last is ${link.hash}${torn}`;
    process.stdout.write(`${organisation}: ${said}\n`);
  }
  if (wrong > 0) {
    const checked = `${wrong} of ${organisations.length}`;
    throw new CommandFailure(`The audit is not what was written: ${checked} files are wrong`);
  }
}
