// `forget`: takes a customer's messages and texts out of a lake, for good (SPEC 6).

import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { CommandFailure, UsageError } from '../failure.ts';
import { forgetCustomer } from '../lake/forget/forgetCustomer.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';

interface Options {
  readonly data: string;
  readonly org?: string;
  readonly customer: string;
}

export function forgetCommand(): Command {
  return new Command('forget')
    .description("remove a customer's messages and texts, and unlink the sessions, for good")
    .addOption(dataOption())
    .addOption(orgOption())
    .addOption(
      new Option('--customer <id>', 'customer id, with all that were merged with it')
        .argParser(parseId)
        .makeOptionMandatory(),
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const layout = await chooseLake(options);
  if ((await stat(layout.root).catch(ifMissing(undefined))) === undefined) {
    throw new CommandFailure(`Cannot forget: there is no lake in ${layout.root}`);
  }
  const forgotten = await forgetCustomer(layout, options.customer, new Date());
  const { sessionIds, sessionDays, transcriptDays } = forgotten;
  process.stderr.write(
    `Forgot ${sessionIds.length} sessions: rewrote ${sessionDays.length} days of sessions and ${transcriptDays.length} of transcripts\n`,
  );
}

function parseId(value: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(value)) return value;
  throw new UsageError(`--customer must be 1 to 64 of A-Z, a-z, 0-9, _ and -: not "${value}"`);
}
