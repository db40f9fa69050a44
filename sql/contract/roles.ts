// Who a caller is once the edge has verified it, and which roles may do what (SPEC 5).
// Pure data: knows no token format and no HTTP.

import * as v from 'valibot';

/** Roles that may run reports; any other role may not. */
export const REPORT_ROLES = ['administrator', 'team_manager', 'analyst'] as const;

export type ReportRole = (typeof REPORT_ROLES)[number];

/** An organisation's name is its folder in the lake and its host name at Gladly: one DNS label. */
export const OrganisationName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be one DNS label in lower case, like "acme"',
  ),
);

export const Caller = v.object({
  /** The person's or program's stable name: an e-mail address or the token's subject. */
  subject: v.pipe(v.string(), v.minLength(1), v.maxLength(320)),
  organisation: OrganisationName,
  roles: v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(100)),
});

export type Caller = v.InferOutput<typeof Caller>;

/** True when one of the caller's roles is among the permitted ones. */
export function hasRole(caller: Caller, permitted: readonly string[]): boolean {
  return caller.roles.some((role) => permitted.includes(role));
}
