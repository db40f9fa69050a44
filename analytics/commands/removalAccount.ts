// What a command that removes texts from a lake owes: an event in the audit, begun before they go, and
// a spool that holds them no longer. Tells nothing of whose texts they were but the ids given.

import { rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { openAudit } from '../audit/audit.ts';
import { BusyFailure, holdLock } from '../engine/lock.ts';
import type { LakeLayout } from '../lake/layout.ts';
import type { AroundRemoval, Removal } from '../lake/removal.ts';
import { SERVICE_SPOOL, SPOOL_LOCK } from '../runs/spool.ts';
import { type AuditOption, auditFolder } from './auditOption.ts';
import { spoolFolder } from './engineOptions.ts';

export interface RemovalOptions extends AuditOption {
  readonly spool?: string;
}

/** A command that ends in between leaves an event that was begun, and a spool that the service empties. */
export function accountForRemoval(
  { organisation }: LakeLayout,
  options: RemovalOptions,
): AroundRemoval {
  return async ({ parameters, sessions }, publish) => {
    const entry = openAudit(auditFolder(options), () => new Date()).begin({
      event: 'forget',
      organisation,
      subject: `${userInfo().username} (command line)`,
      roles: [],
      parameters: { ...parameters },
    });
    await entry.begun;
    try {
      await publish();
      await emptySpool(resolve(spoolFolder(options)), organisation);
    } catch (error) {
      await entry.end({ end: 'failed' });
      throw error;
    }
    await entry.end({ end: 'complete', rows: sessions });
  };
}

export function expiredText({ parameters, sessions }: Removal): string {
  return `Kept for long enough: the texts of ${sessions} sessions of before ${parameters['before']} are gone\n`;
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
