// What an organisation's org.json and lake.json say (SPEC 2), checked, with the defaults filled in.

import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { oneOf, TimeZone, WEEK_STARTS } from '../../sql/contract/parameters.ts';
import { REPORT_ROLES } from '../../sql/contract/roles.ts';
import { CommandFailure } from '../failure.ts';
import { ifMissing } from './ifMissing.ts';
import type { LakeLayout } from './layout.ts';

const DEFAULT_LINK = 'https://{org}.gladly.com/conversations/{conversationId}';

/** A hundred years: later ones would lie before the calendar. */
const MAX_RETENTION_DAYS = 36_500;

const SETTINGS = {
  name: v.optional(v.string()),
  timezone: v.optional(TimeZone, 'UTC'),
  weekStart: v.optional(oneOf(WEEK_STARTS), 'monday'),
  conversationLink: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (template) => template.split('{conversationId}').length === 2,
        'must contain {conversationId} once',
      ),
      v.check(
        (template) => !/\{(?!conversationId\}|org\})/.test(template),
        'must contain no placeholder but {conversationId} and {org}',
      ),
    ),
  ),
  messagesRoles: v.optional(v.array(v.string()), [...REPORT_ROLES]),
  /** Whole days that messages and texts are kept after the session's own; for ever without it. */
  retentionDays: v.optional(
    v.pipe(
      v.number('must be a number of days'),
      v.integer('must be a whole number of days'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(MAX_RETENTION_DAYS, `must be at most ${MAX_RETENTION_DAYS}`),
    ),
  ),
};

/** A setting that is misspelt would be no setting at all, and nobody would know. */
const OrganisationSettings = v.strictObject(SETTINGS, (issue) =>
  issue.expected === 'never'
    ? `is not a setting: they are ${Object.keys(SETTINGS).join(', ')}`
    : 'must be a JSON object',
);

/** Kept as the text that was written: a JavaScript Date would lose its microseconds. */
const INSTANT = 'must be an RFC 3339 instant with an offset, like 2026-07-01T00:00:00Z';
export const Instant = v.pipe(
  v.string(INSTANT),
  v.isoTimestamp(INSTANT),
  v.regex(/(?:Z|[+-]\d\d:\d\d)$/, INSTANT),
);

const LakeState = v.object({
  schemaVersion: v.optional(v.literal(1), 1),
  dataThrough: v.optional(Instant),
  ingestedAt: v.optional(Instant),
  sessions: v.optional(v.number()),
  transcripts: v.optional(v.number()),
});

type Written = v.InferOutput<typeof OrganisationSettings>;

/** org.json with nothing left open. */
export interface OrganisationSettings extends Written {
  readonly name: string;
  readonly conversationLink: string;
}

export type LakeState = v.InferOutput<typeof LakeState>;

async function readJson<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const text = await readFile(file, 'utf8').catch(ifMissing('{}'));
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  if (!json.success) throw new CommandFailure(`Cannot read ${file}: it is not JSON`);
  const result = v.safeParse(schema, json.output);
  if (!result.success) {
    const faults = result.issues.map((issue) =>
      [v.getDotPath(issue) ?? [], issue.message].flat().join(' '),
    );
    throw new CommandFailure(`Cannot read ${file}: ${faults.join('; ')}`);
  }
  return result.output;
}

/** org.json, or its defaults when there is none. */
export async function readSettings(layout: LakeLayout): Promise<OrganisationSettings> {
  const settings = await readJson(layout.settingsFile, OrganisationSettings);
  return {
    ...settings,
    name: settings.name ?? layout.organisation,
    conversationLink: (settings.conversationLink ?? DEFAULT_LINK).replaceAll(
      '{org}',
      layout.organisation,
    ),
  };
}

/** lake.json, or an empty state when there is none. */
export function readLakeState(layout: LakeLayout): Promise<LakeState> {
  return readJson(layout.stateFile, LakeState);
}
