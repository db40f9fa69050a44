// Whether the service can take a Run now, and if not, why. Its keys are not asked for: without them it does
// not start. Answers may be read by anyone, so they name no path.

import { access, constants, opendir, statfs } from 'node:fs/promises';

export type Unready =
  | 'stopping'
  | 'data-unreadable'
  | 'spool-unwritable'
  | 'spool-without-room'
  | 'audit-unwritable';

/** Two segments that are being rendered, and some more. */
const ROOM_BYTES = 256 * 1024 * 1024;

/** Whoever asks more often is told the same: strangers can ask too. */
const KEPT_MS = 1000;

export interface ReadinessSources {
  readonly dataDir: string;
  readonly spoolDir: string;
  readonly auditDir: string;
  readonly isStopping: () => boolean;
  readonly now: () => Date;
}

/** A list of reasons, empty when the service is ready. */
export type Readiness = () => Promise<Unready[]>;

const fails = (attempt: Promise<unknown>) =>
  attempt.then(
    () => false,
    () => true,
  );

async function list(folder: string): Promise<void> {
  const entries = await opendir(folder);
  try {
    await entries.read();
  } finally {
    await entries.close();
  }
}

async function hasNoRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < ROOM_BYTES;
}

async function look({ dataDir, spoolDir, auditDir }: ReadinessSources): Promise<Unready[]> {
  const found: Unready[] = [];
  if (await fails(list(dataDir))) found.push('data-unreadable');
  if (await fails(access(spoolDir, constants.W_OK))) found.push('spool-unwritable');
  else if (await hasNoRoom(spoolDir)) found.push('spool-without-room');
  if (await fails(access(auditDir, constants.W_OK))) found.push('audit-unwritable');
  return found;
}

export function openReadiness(sources: ReadinessSources): Readiness {
  let last: { readonly at: number; readonly found: Promise<Unready[]> } | undefined;
  return async () => {
    if (sources.isStopping()) return ['stopping'];
    const at = sources.now().getTime();
    if (last === undefined || Math.abs(at - last.at) >= KEPT_MS)
      last = { at, found: look(sources) };
    return last.found;
  };
}
