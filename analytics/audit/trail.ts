// One organisation's audit file: lines are added to its end, under a lock that all processes respect,
// and are on disk before anyone is told so. What a crash or a stranger left at the end is noted in a
// line of its own; it never keeps later events out.

import { randomUUID } from 'node:crypto';
import { mkdir, open, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { holdLock, type Lock } from '../engine/lock.ts';
import { follow, seal } from './chain.ts';
import { EMPTY, type Head, readHead, writeHead } from './head.ts';
import { readLines } from './lines.ts';
import { syncFolder } from './syncFolder.ts';

/** For another process that writes meanwhile, which takes it some 30 ms. */
const LOCK_RETRY_MS = 20;
const LOCK_ATTEMPTS = 500;

export interface TrailFiles {
  readonly folder: string;
  readonly events: string;
  readonly head: string;
  readonly lock: string;
}

export function trailFiles(auditDir: string, organisation: string): TrailFiles {
  const folder = join(auditDir, organisation);
  return {
    folder,
    events: join(folder, 'events.jsonl'),
    head: join(folder, 'head.json'),
    lock: join(folder, 'lock'),
  };
}

async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  for (let each = folder; each.length >= made.length; ) {
    each = dirname(each);
    await syncFolder(each);
  }
}

export interface Trail {
  /** Resolves when the line is on disk. */
  append(content: object): Promise<void>;
}

export function openTrail(files: TrailFiles, organisation: string, now: () => Date): Trail {
  let waiting: { content: object; written: PromiseWithResolvers<void> }[] = [];
  let isWriting = false;

  function repair(fault: string): object {
    const about = { event: 'repair', organisation, subject: 'audit', roles: [], problem: fault };
    return { time: now().toISOString(), id: randomUUID(), ...about, end: 'complete' };
  }

  /** The end to go on from, and what is to be noted of it. */
  async function settleEnd(): Promise<{ head: Head; noted: object[] }> {
    const known = await readHead(files.head);
    let head = known ?? EMPTY;
    const faults = new Set<string>();
    for await (const { text, end, isTorn } of readLines(files.events, head.bytes)) {
      if (isTorn) {
        // Nobody has been told that it is there: its event has not begun.
        await truncate(files.events, head.bytes);
        faults.add('a last line that was not whole has been taken away');
        break;
      }
      const checked = follow(head, text);
      if (!checked.ok) faults.add('lines that do not belong here were at the end');
      head = { ...(checked.ok ? checked.link : head), bytes: end };
    }
    if (known === undefined && head.bytes > 0) faults.add('head.json was missing');
    return { head, noted: [...faults].map(repair) };
  }

  async function write(contents: readonly object[]): Promise<void> {
    const { head, noted } = await settleEnd();
    const file = await open(files.events, 'a');
    try {
      const { size } = await file.stat();
      if (size < head.bytes) noted.push(repair('the end of the file was missing'));
      let link = { count: head.count, hash: head.hash };
      let text = size < head.bytes && size > 0 ? '\n' : '';
      for (const content of [...noted, ...contents]) {
        const sealed = seal(link, content);
        link = sealed.link;
        text += `${sealed.line}\n`;
      }
      await file.appendFile(text);
      await file.sync();
      await writeHead(files.head, { ...link, bytes: size + Buffer.byteLength(text) });
    } finally {
      await file.close();
    }
  }

  async function takeLock(): Promise<Lock> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await holdLock(files.lock, 'write to the audit');
      } catch (error) {
        if (attempt === LOCK_ATTEMPTS) throw error;
        await wait(LOCK_RETRY_MS);
      }
    }
  }

  /** All that wait are written at once; what comes meanwhile is the next batch. */
  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await makeFolder(files.folder);
        const lock = await takeLock();
        try {
          await write(batch.map(({ content }) => content));
        } finally {
          lock.release();
        }
        for (const { written } of batch) written.resolve();
      } catch (error) {
        for (const { written } of batch) written.reject(error);
      }
    }
    isWriting = false;
  }

  return {
    append(content) {
      const written = Promise.withResolvers<void>();
      waiting.push({ content, written });
      if (!isWriting) void writeAll();
      return written.promise;
    },
  };
}
