// Options that several commands share: which data directory, and whose lake in it.

import { resolve } from 'node:path';
import { Option } from 'commander';
import * as v from 'valibot';
import { OrganisationName } from '../../sql/contract/roles.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { type LakeLayout, lakeLayout } from '../lake/layout.ts';
import { listLakes } from '../lake/list.ts';

export const DEFAULT_DATA_DIR = 'data';

export function dataOption(): Option {
  return new Option('--data <dir>', 'folder that holds one lake per organisation')
    .env('AI_SESSIONS_DATA')
    .default(DEFAULT_DATA_DIR);
}

export function orgOption(): Option {
  return new Option('--org <org>', 'organisation; may be left out when there is only one').env(
    'AI_SESSIONS_ORG',
  );
}

export function parseOrganisation(name: string): string {
  const result = v.safeParse(OrganisationName, name);
  if (!result.success) throw new UsageError(`--org ${result.issues[0].message}`);
  return result.output;
}

/** The lake that the options name; without `--org` the only one there is. */
export async function chooseLake(options: {
  readonly data: string;
  readonly org?: string | undefined;
}): Promise<LakeLayout> {
  const dataDir = resolve(options.data);
  if (options.org !== undefined) return lakeLayout(dataDir, parseOrganisation(options.org));
  const organisations = await listLakes(dataDir);
  const [only, ...others] = organisations;
  if (only === undefined) {
    throw new CommandFailure(
      `Cannot find a lake in ${options.data}: make one with "ai-sessions sample" or "ai-sessions ingest", or name another folder with --data`,
    );
  }
  if (others.length > 0) {
    throw new UsageError(`Name one of the organisations with --org: ${organisations.join(', ')}`);
  }
  return lakeLayout(dataDir, only);
}

export const MAX_PORT = 65_535;

export function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= MAX_PORT) return port;
  throw new UsageError(`--port must be a number from 0 to ${MAX_PORT}: not "${text}"`);
}

const MAX_COUNT = 1_000_000;

/** A parser of the option's whole numbers from 1. */
export function parseCount(option: string): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (count >= 1 && count <= MAX_COUNT) return count;
    throw new UsageError(`${option} must be a number from 1 to ${MAX_COUNT}: not "${text}"`);
  };
}

export function wholeNumberOption(
  name: string,
  description: string,
  min: number,
  max: number,
): Option {
  return new Option(`--${name} <n>`, description).argParser((value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}: not "${value}"`);
  });
}
