// How the claims of somebody else's token become a Caller: the operator's rules, one set for each
// kind of identity. Knows no token format; the claims have been verified before.

import * as v from 'valibot';
import { Caller, OrganisationName } from '../../sql/contract/roles.ts';

/** A claim's name, or where it lies as a JSON Pointer (RFC 6901), like `/realm_access/roles`. */
const Claim = v.pipe(v.string(), v.minLength(1));

function ruleFor<Output>(target: v.GenericSchema<unknown, Output>) {
  return v.union([
    Claim,
    v.strictObject({ claim: Claim, values: v.record(v.string(), target) }),
    v.strictObject({ always: target }),
  ]);
}

export const ClaimRules = v.strictObject({
  /** The claims that may name the caller; the first that is there does. */
  subject: v.optional(v.union([Claim, v.pipe(v.array(Claim), v.minLength(1))]), 'sub'),
  organisation: v.optional(ruleFor(OrganisationName), 'org'),
  roles: v.optional(ruleFor(Caller.entries.roles), 'roles'),
});

export type ClaimRules = v.InferOutput<typeof ClaimRules>;

type Rule<Output> = string | { claim: string; values: Record<string, Output> } | { always: Output };

export type Claims = Readonly<Record<string, unknown>>;

/** The caller, or which of its parts the claims do not give. */
export function callerOf(
  claims: Claims,
  rules: ClaimRules,
): { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly lacks: string } {
  const parsed = v.safeParse(Caller, {
    subject: [rules.subject]
      .flat()
      .map((name) => claimIn(claims, name))
      .find(isPresent),
    organisation: only(applied(rules.organisation, claims)),
    roles: applied(rules.roles, claims).flat(),
  });
  if (parsed.success) return { ok: true, caller: parsed.output };
  const parts = parsed.issues.map((issue) => issue.path?.[0].key);
  return { ok: false, lacks: [...new Set(parts)].join(', ') };
}

/** Providers give service accounts an empty `sub`. */
const isPresent = (value: unknown) => value !== undefined && value !== '';

/** Several organisations are none: nobody chooses between them. */
function only(values: readonly unknown[]): unknown {
  const [first, ...others] = new Set(values);
  return others.length === 0 ? first : undefined;
}

function applied(rule: Rule<unknown>, claims: Claims): unknown[] {
  if (typeof rule === 'string') return [claimIn(claims, rule) ?? []].flat();
  if ('always' in rule) return [rule.always];
  const found = [claimIn(claims, rule.claim) ?? []].flat();
  return found.flatMap((value) =>
    typeof value === 'string' && Object.hasOwn(rule.values, value) ? [rule.values[value]] : [],
  );
}

function claimIn(claims: Claims, name: string): unknown {
  const path = name.startsWith('/') ? name.slice(1).split('/').map(unescaped) : [name];
  // Some providers let people type in any address: one that is not theirs makes them nobody.
  const unverified = String(claims['email_verified']) === 'false';
  return unverified && path.join('/') === 'email'
    ? undefined
    : path.reduce<unknown>(member, claims);
}

const unescaped = (name: string) => name.replaceAll('~1', '/').replaceAll('~0', '~');

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
