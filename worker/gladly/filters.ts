// The filters of a request of Gladly's (DOMAIN), and those of SPEC 3.6 beyond them: one text or a list
// becomes what a Run has. Knows nothing of the rest of a request.

import * as v from 'valibot';
import { listOf, oneOf, Parameters, RECONTACTED } from '../../sql/contract/parameters.ts';

/** What Gladly's filters call the channels. */
const CHANNELS: Readonly<Record<string, string>> = {
  chat: 'CHAT',
  email: 'EMAIL',
  fbMessenger: 'FACEBOOK_MESSENGER',
  instagramDirect: 'INSTAGRAM_DIRECT',
  sms: 'SMS',
  twitter: 'TWITTER',
  voice: 'VOICE',
  whatsapp: 'WHATSAPP',
};
const ALL_CHANNELS = 'allChannels';
const CHANNEL_NAMES = [ALL_CHANNELS, ...Object.keys(CHANNELS)];

/** A channel as the report writes it: an open set (SPEC 2). */
const REPORTED_CHANNEL = /^[A-Z0-9_]{1,40}$/;

const NOT_TEXTS = 'must be text, or a list of texts';

/** One text or a list of them, then as the contract has it; none is no filter. */
function oneOrSeveral<Output>(list: v.GenericSchema<string[] | undefined, Output>) {
  return v.nullish(
    v.pipe(
      v.union([v.string(), listOf(v.string(), NOT_TEXTS)], NOT_TEXTS),
      v.transform((given) => [given].flat()),
      v.transform((values) => (values.length === 0 ? undefined : values)),
      list,
    ),
  );
}

const Channel = v.pipe(
  v.string(),
  v.check(
    (name) => CHANNEL_NAMES.includes(name) || REPORTED_CHANNEL.test(name),
    `must be one of ${CHANNEL_NAMES.join(', ')}, or a channel as the report writes it, like CHAT`,
  ),
  v.transform((name) => CHANNELS[name] ?? name),
);

const channels = v.optional(
  v.pipe(
    listOf(Channel, NOT_TEXTS),
    v.transform((names) => (names.includes(ALL_CHANNELS) ? undefined : names)),
    Parameters.entries.channel,
  ),
);

/** Gladly has this filter on its other reports; here nothing could be filtered by it. */
const noneOf = (what: string) =>
  v.pipe(
    v.nullish(
      v.pipe(
        v.array(v.unknown(), 'must be a list'),
        v.maxLength(
          0,
          `is not available, and must be empty: a session of Gladly AI has no ${what}`,
        ),
      ),
    ),
    v.description(`Must be empty: a session of Gladly AI has no ${what}`),
  );

const { entries } = Parameters;

export const filters = {
  channel: v.pipe(
    oneOrSeveral(channels),
    v.description(
      `One or several of ${CHANNEL_NAMES.join(', ')}, or channels as the report writes them, like CHAT`,
    ),
  ),
  inboxes: noneOf('inbox'),
  teams: noneOf('team'),
  agent: oneOrSeveral(entries.agent),
  guide: oneOrSeveral(entries.guide),
  outcome: oneOrSeveral(entries.outcome),
  handoffCategory: oneOrSeveral(entries.handoffCategory),
  handoffSubcategory: oneOrSeveral(entries.handoffSubcategory),
  customerId: oneOrSeveral(entries.customerId),
  conversationId: oneOrSeveral(entries.conversationId),
  sessionId: oneOrSeveral(entries.sessionId),
  recontacted: v.nullish(
    v.pipe(
      v.union([v.boolean(), v.string()], `must be one of ${RECONTACTED.join(', ')}`),
      v.transform(String),
      oneOf(RECONTACTED),
    ),
  ),
};
