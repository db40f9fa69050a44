// An ingest in a process of its own that kills itself with SIGKILL at one of the operations of its
// publication.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { LakeLayout } from '../../../analytics/lake/layout.ts';
import { NOW } from './ingestInto.ts';

const module = (name: string) => new URL(`../../../analytics/lake/${name}`, import.meta.url).href;

/** What the process runs; its arguments are the data folder, the organisation, the file, the number. */
const PROGRAM = `
  import { nodeDisk } from '${module('disk.ts')}';
  import { ingest } from '${module('ingest/ingest.ts')}';
  import { lakeLayout } from '${module('layout.ts')}';
  const [dataDir, organisation, file, number] = process.argv.slice(1);
  let isPublishing = false;
  let operations = 0;
  const guarded = (operation) => async (...args) => {
    if (isPublishing && operations++ === Number(number)) process.kill(process.pid, 'SIGKILL');
    return operation(...args);
  };
  const disk = Object.fromEntries(Object.entries(nodeDisk).map(([name, operation]) => [
    name,
    ['rename', 'unlink', 'mkdir', 'rmdir', 'sync'].includes(name) ? guarded(operation) : operation,
  ]));
  const { rename } = disk;
  disk.rename = async (from, to) => {
    const done = await rename(from, to);
    if (to.endsWith('publication.json')) isPublishing = true;
    return done;
  };
  await ingest({
    kind: 'sessions', sources: [file], layout: lakeLayout(dataDir, organisation), strict: false,
    now: new Date('${NOW.toISOString()}'), aroundRemoval: (_, publish) => publish(),
  }, disk);
`;

/** True when it was killed, false when it ended by itself before that operation behind the journal. */
export async function killIngest(
  layout: LakeLayout,
  file: string,
  operation: number,
): Promise<boolean> {
  const args = [
    '--input-type=module',
    '-e',
    PROGRAM,
    dirname(layout.root),
    layout.organisation,
    file,
  ];
  const child = spawn(process.execPath, [...args, String(operation)], { stdio: 'inherit' });
  const [status, signal] = await once(child, 'exit');
  if (signal === 'SIGKILL') return true;
  if (status !== 0) throw new Error(`Cannot ingest: the process ended with status ${status}`);
  return false;
}
