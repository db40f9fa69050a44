// Options that several commands share: which data directory, and whose lake in it.

import { resolve } from 'node:path';
import { Option } from 'commander';
import * as v from 'valibot';
import { OrganisationName } from '../../sql/contract/roles.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { type LakeLayout, lakeLayout } from '../lake/layout.ts';
import { listLakes } from '../lake/list.ts';
import { isFolder } from './isFolder.ts';
import { nearest } from './nearest.ts';

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

interface Place {
  readonly data: string;
  readonly org?: string | undefined;
}

/** The lake that the options name, which may be yet to come; without `--org` the only one there is. */
export async function chooseLake({ data, org }: Place): Promise<LakeLayout> {
  const dataDir = resolve(data);
  if (org !== undefined) return lakeLayout(dataDir, parseOrganisation(org));
  const organisations = await listLakes(dataDir);
  const [only, ...others] = organisations;
  if (only === undefined) throw await nothingIn(data);
  if (others.length > 0) {
    throw new UsageError(`Name one of the organisations with --org: ${listed(organisations)}`);
  }
  return lakeLayout(dataDir, only);
}

/** The same for those who can do nothing without it. */
export async function findLake({ data, org }: Place): Promise<LakeLayout> {
  const layout = await chooseLake({ data, org });
  if (await isFolder(layout.root)) return layout;
  const { organisation } = layout;
  const organisations = await listLakes(resolve(data));
  if (organisations.length === 0) throw await nothingIn(data);
  throw new CommandFailure(
    `Cannot find a lake of "${organisation}" in ${data}: there is ${listed(organisations)}`,
    { hint: nearest(organisation, organisations) },
  );
}

async function nothingIn(data: string): Promise<CommandFailure> {
  const found = (await isFolder(data)) ? 'the folder holds none' : 'there is no such folder';
  return new CommandFailure(`Cannot find a lake in ${data}: ${found}`, {
    hint: 'Name another folder with --data, make a lake to try with "ai-sessions sample", or one of your own with "ai-sessions ingest … --org <org>"',
  });
}

const MAX_LISTED = 20;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).join(', ');
  return names.length > MAX_LISTED ? `${shown} and ${names.length - MAX_LISTED} more` : shown;
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
