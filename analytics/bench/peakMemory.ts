// The most resident memory that a process has had. Linux tells of any process; elsewhere a process
// knows its own only.

import { readFile } from 'node:fs/promises';
import { ifMissing } from '../lake/ifMissing.ts';

/** Not from getrusage where there is better: on Linux it counts what the parent had at the fork. */
export async function peakMegabytes(pid: number = process.pid): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(ifMissing(''));
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  return pid === process.pid ? process.resourceUsage().maxRSS / 1024 : undefined;
}
