// The operator's rules for somebody else's claims: what they give, and when they give nothing.

import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ClaimRules, callerOf } from '../../worker/auth/claimRules.ts';

const CLAIMS = {
  sub: '42',
  email: 'ana@acme.example',
  org: 'acme',
  roles: ['analyst'],
  'https://acme.example/org': 'globex',
  hd: 'acme.example',
  groups: ['g-1', 'g-2', 'toString'],
  realm_access: { roles: ['team_manager'], 'a/b~c': 'analyst' },
};

const READ = { subject: '42', organisation: 'acme', roles: ['analyst'] };

const given = (rules: object, claims: object = {}) =>
  callerOf({ ...CLAIMS, ...claims }, v.parse(ClaimRules, rules));

describe('rules', () => {
  it.each<[string, object, object]>([
    ['none: the names that there are by default', {}, {}],
    ['a claim', { subject: 'email' }, { subject: 'ana@acme.example' }],
    [
      'the first of several claims',
      { subject: ['upn', 'email', 'sub'] },
      { subject: CLAIMS.email },
    ],
    [
      'a claim that is named by an address',
      { organisation: 'https://acme.example/org' },
      { organisation: 'globex' },
    ],
    ['a claim that lies deeper', { roles: '/realm_access/roles' }, { roles: ['team_manager'] }],
    [
      'a claim with a slash in its name',
      { roles: '/realm_access/a~1b~0c' },
      { roles: ['analyst'] },
    ],
    ['an item of a list', { subject: '/groups/1' }, { subject: 'g-2' }],
    [
      'values',
      { organisation: { claim: 'hd', values: { 'acme.example': 'initech' } } },
      { organisation: 'initech' },
    ],
    [
      'values, of which several count',
      { roles: { claim: 'groups', values: { 'g-1': ['analyst'], 'g-2': ['auditor', 'agent'] } } },
      { roles: ['analyst', 'auditor', 'agent'] },
    ],
    ['values, of which none counts', { roles: { claim: 'groups', values: {} } }, { roles: [] }],
    ['always', { roles: { always: ['administrator'] } }, { roles: ['administrator'] }],
    ['a claim that nobody has', { roles: 'groups of mine' }, { roles: [] }],
  ])('read %s', (_, rules, expected) => {
    expect(given(rules)).toEqual({ ok: true, caller: { ...READ, ...expected } });
  });

  it.each<[string, object, object, string]>([
    ['without the claim', {}, { org: undefined }, 'organisation'],
    ['with a claim of another kind', {}, { org: { name: 'acme' } }, 'organisation'],
    ['with a name that is no organisation’s', {}, { org: '../acme' }, 'organisation'],
    ['with two organisations', {}, { org: ['acme', 'globex'] }, 'organisation'],
    [
      'with a value that leads to two',
      { organisation: { claim: 'groups', values: { 'g-1': 'acme', 'g-2': 'globex' } } },
      {},
      'organisation',
    ],
    [
      'with a value that is not listed',
      { organisation: { claim: 'hd', values: { 'evil.example': 'acme' } } },
      {},
      'organisation',
    ],
    ['with a property of every object', { subject: 'constructor' }, {}, 'subject'],
    ['with a deeper one', { subject: '/realm_access/toString' }, {}, 'subject'],
    ['with an empty subject', {}, { sub: '' }, 'subject'],
    [
      'with an address that is not verified',
      { subject: 'email' },
      { email_verified: false },
      'subject',
    ],
    ['with one that is pointed at', { subject: '/email' }, { email_verified: false }, 'subject'],
    ['with one that says so as text', { subject: 'email' }, { email_verified: 'false' }, 'subject'],
    ['with roles that are no names', {}, { roles: [1] }, 'roles'],
    ['with nothing', { subject: 'upn' }, { org: undefined }, 'subject, organisation'],
  ])('give no caller %s', (_, rules, claims, lacks) => {
    expect(given(rules, claims)).toEqual({ ok: false, lacks });
  });
});
