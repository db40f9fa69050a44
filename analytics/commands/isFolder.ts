// Whether a path that a user has named is a folder.

import { stat } from 'node:fs/promises';
import { ifMissing } from '../lake/ifMissing.ts';

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(ifMissing(undefined)))?.isDirectory() ?? false;
}
