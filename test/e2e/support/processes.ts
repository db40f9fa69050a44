// Which processes of a program are running, wherever they have moved to.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** All that run; those that have ended and only wait for their parent to notice do not count. */
async function running(): Promise<Process[]> {
  const columns = ['pid', 'ppid', 'pgid', 'stat'].flatMap((name) => ['-o', `${name}=`]);
  const { stdout } = await promisify(execFile)('ps', ['-A', ...columns]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => !state?.startsWith('Z'))
    .map(([pid, parent, group]) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
    }));
}

/** Process groups of everything that the process has started. */
export async function groupsBelow(ancestor: number | undefined): Promise<number[]> {
  const processes = await running();
  const below = (parent: number): Process[] =>
    processes
      .filter((each) => each.parent === parent)
      .flatMap((each) => [each, ...below(each.pid)]);
  return [...new Set(below(ancestor ?? Number.NaN).map(({ group }) => group))];
}

/** Processes of these groups that are still running. */
export async function runningIn(groups: readonly number[]): Promise<number[]> {
  const processes = await running();
  return processes.filter(({ group }) => groups.includes(group)).map(({ pid }) => pid);
}
