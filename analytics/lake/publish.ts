// Replaces files of a lake together: written whole as drafts, made to last, then put in their places
// by a journal that whoever comes next can finish. A crash leaves each file as it was or as it is
// after (SPEC 2), and once the journal is there, never the old lake. Knows nothing of what is in them.

import { dirname, join, relative } from 'node:path';
import * as v from 'valibot';
import type { Disk } from './disk.ts';
import type { LakeLayout } from './layout.ts';

export interface Publication {
  /** Where to write a file's next content. */
  draft(file: string): Promise<string>;
  /** The file goes, with its folder when that is empty then, and its draft if it has one. */
  withdraw(file: string): void;
  /** Puts every draft in its place, or nothing. */
  publish(): Promise<void>;
}

/** Paths within the lake, so that a lake can be moved with its journal; no draft: the file goes. */
const Journal = v.array(v.object({ file: v.string(), draft: v.optional(v.string()) }));

type Step = v.InferOutput<typeof Journal>[number];

function draftsDir({ workDir }: LakeLayout): string {
  return join(workDir, 'drafts');
}

function journalFile({ workDir }: LakeLayout): string {
  return join(workDir, 'publication.json');
}

/** The lake's folder of work must be there, and is left to whoever made it. */
export function openPublication(layout: LakeLayout, disk: Disk): Publication {
  const steps = new Map<string, Step>();
  let drafts = 0;
  const drafted = () => [...steps.values()].flatMap(({ draft }) => draft ?? []);
  return {
    async draft(file) {
      await disk.mkdir(draftsDir(layout));
      const path = join(draftsDir(layout), String(++drafts));
      steps.set(file, { file: relative(layout.root, file), draft: relative(layout.root, path) });
      return path;
    },
    withdraw(file) {
      steps.set(file, { file: relative(layout.root, file) });
    },
    async publish() {
      if (steps.size === 0) return;
      for (const draft of drafted()) {
        if (await disk.sync(join(layout.root, draft))) continue;
        throw new Error(`Cannot publish: the draft ${draft} is missing`);
      }
      for (const folder of foldersOfWork(layout)) await disk.sync(folder);
      const journal = journalFile(layout);
      await disk.writeText(`${journal}.new`, JSON.stringify([...steps.values()]));
      await disk.sync(`${journal}.new`);
      await disk.rename(`${journal}.new`, journal);
      await disk.sync(layout.workDir);
      await finishPublication(layout, disk);
    },
  };
}

/** Innermost first; the outer ones may be new with the lake. */
function foldersOfWork(layout: LakeLayout): string[] {
  const dataDir = dirname(layout.root);
  return [draftsDir(layout), layout.workDir, layout.root, dataDir, dirname(dataDir)];
}

/**
 * Carries a publication through that has its journal, from whichever step it got to; false when there
 * is none. Every step can be done again.
 */
export async function finishPublication(layout: LakeLayout, disk: Disk): Promise<boolean> {
  const journal = journalFile(layout);
  const text = await disk.readText(journal);
  if (text === undefined) return false;
  const changed = new Set<string>();
  for (const { file, draft } of v.parse(Journal, JSON.parse(text))) {
    const path = join(layout.root, file);
    const folder = dirname(path);
    changed.add(folder);
    if (draft === undefined) {
      await disk.unlink(path);
      if (folder !== layout.root) {
        await disk.rmdir(folder);
        changed.add(dirname(folder));
      }
    } else {
      for (const each of foldersDownTo(layout, folder)) {
        await disk.mkdir(each);
        changed.add(dirname(each));
      }
      await disk.rename(join(layout.root, draft), path);
    }
  }
  for (const folder of changed) await disk.sync(folder);
  await disk.unlink(journal);
  await disk.sync(layout.workDir);
  return true;
}

/** True while a publication is under way, or has to be finished because its writer is dead. */
export async function isPublishing(layout: LakeLayout, disk: Disk): Promise<boolean> {
  return (await disk.readText(journalFile(layout))) !== undefined;
}

/** Takes away what is left of the work, unless it is a publication that has to be finished. */
export async function clearWork(layout: LakeLayout, disk: Disk): Promise<void> {
  if (!(await isPublishing(layout, disk))) await disk.clear(layout.workDir);
}

/** Outermost first, without the lake's own. */
function foldersDownTo(layout: LakeLayout, folder: string): string[] {
  return folder === layout.root ? [] : [...foldersDownTo(layout, dirname(folder)), folder];
}
