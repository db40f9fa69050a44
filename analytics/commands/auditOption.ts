// Where the audit lies: an option of whatever leaves events or reads them.

import { join, resolve } from 'node:path';
import { Option } from 'commander';

export interface AuditOption {
  readonly data: string;
  readonly audit?: string;
}

export function auditOption(): Option {
  return new Option(
    '--audit <dir>',
    'folder of the audit (default: .audit in the data folder)',
  ).env('AI_SESSIONS_AUDIT');
}

/** No lake has a name like the default. */
export function auditFolder({ data, audit }: AuditOption): string {
  return resolve(audit ?? join(data, '.audit'));
}
