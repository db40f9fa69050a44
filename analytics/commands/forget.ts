// `forget`: takes texts out of a lake for good: a customer's messages and all that tells who it was, or
// what has been kept for as long as org.json says (SPEC 6).

import { Command, Option } from 'commander';
import { UsageError } from '../failure.ts';
import { forgetCustomer } from '../lake/forget/forgetCustomer.ts';
import { forgetExpired } from '../lake/forget/forgetExpired.ts';
import { auditOption } from './auditOption.ts';
import { spoolOption } from './engineOptions.ts';
import { type Example, examples } from './examples.ts';
import { dataOption, findLake, orgOption } from './options.ts';
import { accountForRemoval, expiredText, type RemovalOptions } from './removalAccount.ts';

interface Options extends RemovalOptions {
  readonly org?: string;
  readonly customer?: string;
  readonly expired: boolean;
}

const EXAMPLES: readonly Example[] = [
  {
    does: 'whatever tells who a customer was',
    line: 'ai-sessions forget --customer cust_0000000000000001A --org acme',
  },
  {
    does: 'what has been kept for as long as org.json says',
    line: 'ai-sessions forget --expired --org acme',
  },
];

export function forgetCommand(): Command {
  return new Command('forget')
    .description("remove a customer's messages and texts, or those whose time is over, for good")
    .addOption(dataOption())
    .addOption(orgOption())
    .addOption(
      new Option(
        '--customer <id>',
        'customer id, with all that were merged with it; the sessions are unlinked',
      ).argParser(parseId),
    )
    .option(
      '--expired',
      'texts older than retentionDays in org.json; every ingest does it too',
      false,
    )
    .addOption(auditOption())
    .addOption(spoolOption())
    .addHelpText('after', examples(EXAMPLES))
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { customer, expired } = options;
  if ((customer === undefined) !== expired) {
    throw new UsageError('Name what to forget: either --customer or --expired');
  }
  const layout = await findLake(options);
  const account = accountForRemoval(layout, options);
  if (customer === undefined) {
    const removal = await forgetExpired(layout, new Date(), account);
    process.stderr.write(removal ? expiredText(removal) : 'No text has been kept for too long\n');
    return;
  }
  const forgotten = await forgetCustomer(layout, customer, new Date(), account);
  const { sessionIds, sessionDays, transcriptDays } = forgotten;
  process.stderr.write(
    `Forgot ${sessionIds.length} sessions: rewrote ${sessionDays.length} days of sessions and ${transcriptDays.length} of transcripts\n`,
  );
}

function parseId(value: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(value)) return value;
  throw new UsageError(`--customer must be 1 to 64 of A-Z, a-z, 0-9, _ and -: not "${value}"`);
}
