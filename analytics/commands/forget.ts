// `forget`: takes a customer's messages and texts out of a lake, for good (SPEC 6).

import { rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { openAudit } from '../audit/audit.ts';
import { BusyFailure, holdLock } from '../engine/lock.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { forgetCustomer } from '../lake/forget/forgetCustomer.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import { SERVICE_SPOOL, SPOOL_LOCK } from '../runs/spool.ts';
import { type AuditOption, auditFolder, auditOption } from './auditOption.ts';
import { spoolFolder, spoolOption } from './engineOptions.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';

interface Options extends AuditOption {
  readonly data: string;
  readonly spool?: string;
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
    .addOption(auditOption())
    .addOption(spoolOption())
    .action(run);
}

async function run(options: Options): Promise<void> {
  const layout = await chooseLake(options);
  if ((await stat(layout.root).catch(ifMissing(undefined))) === undefined) {
    throw new CommandFailure(`Cannot forget: there is no lake in ${layout.root}`);
  }
  const forgotten = await forgetCustomer(layout, options.customer, new Date());
  await openAudit(auditFolder(options), () => new Date()).record({
    event: 'forget',
    organisation: layout.organisation,
    subject: `${userInfo().username} (command line)`,
    roles: [],
    parameters: { customerId: options.customer },
    end: 'complete',
    rows: forgotten.sessionIds.length,
  });
  await emptySpool(resolve(spoolFolder(options)), layout.organisation);
  const { sessionIds, sessionDays, transcriptDays } = forgotten;
  process.stderr.write(
    `Forgot ${sessionIds.length} sessions: rewrote ${sessionDays.length} days of sessions and ${transcriptDays.length} of transcripts\n`,
  );
}

/** Finished parts hold texts too. A service at work removes its own, within a minute. */
async function emptySpool(folder: string, organisation: string): Promise<void> {
  try {
    const lock = await holdLock(join(folder, SPOOL_LOCK), `empty the spool ${folder}`);
    await rm(join(folder, SERVICE_SPOOL, organisation), { recursive: true, force: true });
    lock.release();
  } catch (error) {
    if (!(error instanceof BusyFailure)) throw error;
    process.stderr.write('The service removes what it has rendered within a minute\n');
  }
}

function parseId(value: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(value)) return value;
  throw new UsageError(`--customer must be 1 to 64 of A-Z, a-z, 0-9, _ and -: not "${value}"`);
}
