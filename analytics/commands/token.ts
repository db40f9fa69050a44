// `token`: makes an API token, the password of the edge's Basic authentication (SPEC 6). The key comes
// from the environment, because others on the machine see a command line; nothing is kept of the token.

import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { importJWK, SignJWT } from 'jose';
import * as v from 'valibot';
import {
  API_TOKEN_ALGORITHM,
  API_TOKEN_AUDIENCE,
  API_TOKEN_ISSUER,
  API_TOKEN_TYPE,
  ApiTokenClaims,
  Email,
} from '../../sql/contract/apiToken.ts';
import { addDays, LocalDate, localDateOf } from '../../sql/contract/localDate.ts';
import { hasRole, REPORT_ROLES } from '../../sql/contract/roles.ts';
import { PrivateSigningKey } from '../../sql/contract/signingKeys.ts';
import { UsageError } from '../failure.ts';
import { type Example, examples } from './examples.ts';
import { parseOrganisation } from './options.ts';

const KEY_VARIABLE = 'API_TOKEN_PRIVATE_KEY';
const DEFAULT_LIFETIME_DAYS = 90;

interface Options {
  readonly email: string;
  readonly org: string;
  readonly role: string[];
  readonly expires: string;
}

const EXAMPLES: readonly Example[] = [
  {
    does: 'for a program that downloads reports, good for 90 days',
    line: 'API_TOKEN_PRIVATE_KEY="$(cat key.json)" ai-sessions token --email bot@acme.com --org acme --role analyst',
  },
];

export function tokenCommand(): Command {
  const today = localDateOf(new Date(), 'UTC');
  return new Command('token')
    .description(`make an API token, signed with the key in ${KEY_VARIABLE}`)
    .addOption(
      new Option('--email <email>', 'whose token it is; the user name beside it')
        .argParser(parseEmail)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--org <org>', 'organisation whose reports it opens')
        .env('AI_SESSIONS_ORG')
        .argParser(parseOrganisation)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--role <role>', `may be repeated; one of ${REPORT_ROLES.join(', ')} is needed`)
        .argParser((role: string, earlier: string[] | undefined) => [...(earlier ?? []), role])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--expires <date>', 'the last day that it is good, in UTC')
        .argParser((date) => parseExpiry(date, today))
        .default(addDays(today, DEFAULT_LIFETIME_DAYS), `${DEFAULT_LIFETIME_DAYS} days from today`),
    )
    .addHelpText('after', examples(EXAMPLES))
    .action(run);
}

function parseEmail(text: string): string {
  const result = v.safeParse(Email, text);
  if (!result.success) throw new UsageError(`--email must be an e-mail address: not "${text}"`);
  return result.output;
}

function parseExpiry(date: string, today: string): string {
  const result = v.safeParse(LocalDate, date);
  if (!result.success) throw new UsageError(`--expires ${result.issues[0].message}: not "${date}"`);
  if (date < today) throw new UsageError(`--expires must be today or later: not "${date}"`);
  return date;
}

async function signingKey() {
  const schema = v.pipe(v.string(), v.parseJson(), PrivateSigningKey);
  const result = v.safeParse(schema, process.env[KEY_VARIABLE]);
  const key = result.success
    ? await importJWK(result.output, API_TOKEN_ALGORITHM).catch(() => undefined)
    : undefined;
  if (!result.success || key === undefined) {
    throw new UsageError(`${KEY_VARIABLE} must be an Ed25519 private key as a JWK with a kid`);
  }
  return { kid: result.output.kid, key };
}

async function run({ email, org, role, expires }: Options): Promise<void> {
  const claims: ApiTokenClaims = { sub: email, org, roles: role, jti: randomUUID() };
  const result = v.safeParse(ApiTokenClaims, claims);
  if (!result.success) throw new UsageError(`--role ${result.issues[0].message}`);
  const caller = { subject: email, organisation: org, roles: role };
  if (!hasRole(caller, REPORT_ROLES)) {
    throw new UsageError(`--role must be one of ${REPORT_ROLES.join(', ')}, at least once`);
  }
  const { kid, key } = await signingKey();
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: API_TOKEN_ALGORITHM, typ: API_TOKEN_TYPE, kid })
    .setIssuer(API_TOKEN_ISSUER)
    .setAudience(API_TOKEN_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(new Date(`${addDays(expires, 1)}T00:00:00Z`))
    .sign(key);
  process.stdout.write(`${token}\n`);
  process.stderr.write(
    `Token ${claims.jti} of ${email} for "${org}" is good through ${expires}. To revoke it, add its id to REVOKED_TOKEN_IDS.\n`,
  );
}
