// What a person can do next about each kind of problem, in plain words. A kind that is missing here is an
// error of types.

import { html } from 'hono/html';
import type { Problem } from '../../sql/contract/problem.ts';
import { REPORT_NAMES, REPORTS } from '../../sql/contract/report.ts';
import { type Caller, REPORT_ROLES } from '../../sql/contract/roles.ts';
import type { Way } from '../auth/authenticate.ts';
import { noDataYet } from './noData.ts';
import { signOutButton } from './signedIn.ts';

type Html = ReturnType<typeof html>;

export interface Context {
  /** Who has been let in, and how; nobody where that is the problem. */
  readonly caller: Caller | undefined;
  readonly way: Way | undefined;
  /** Whether asking again by a link asks the same. */
  readonly canRetry: boolean;
  /** Whether a page's script has asked, and the answer is shown on that page. */
  readonly isPart: boolean;
  /** When it is worth another try, where the problem says so. */
  readonly retryAfterSeconds: number | undefined;
  /** Whether a browser can sign out and in again as someone else. */
  readonly canSignIn: boolean;
}

/** Of work that has failed, whoever asked for it. */
export const OF_WORK: Context = {
  caller: undefined,
  way: undefined,
  canRetry: false,
  isPart: true,
  retryAfterSeconds: undefined,
  canSignIn: false,
};

type NextStep = (context: Context) => Html;

const step =
  (text: string): NextStep =>
  () =>
    html`<p>${text}</p>`;

/** The empty address is the page's own: nothing that a stranger wrote is repeated. */
function retry(text: string): NextStep {
  return ({ canRetry, retryAfterSeconds }) => {
    const when =
      retryAfterSeconds === undefined ? 'in a moment' : `in ${retryAfterSeconds} seconds`;
    return html`<p>${text}</p>
${canRetry ? html`<p><a href="">Try again</a> ${when}.</p>` : html`<p>Then try again ${when}.</p>`}`;
  };
}

const BACK = step('Go back, put right what is named above, and run it again.');
const AGAIN = step('Start it again from the reports.');
const SHORTER = step(
  'Ask for a shorter range, or for fewer sessions with a filter. Whoever runs this site can allow more.',
);
const OPERATOR = step(
  'You can do nothing about this yourself. Tell whoever runs this site, and quote the number below.',
);

/** Another account is another session, here and at the provider. */
function someoneElse({ way, caller, canSignIn }: Context): Html | '' {
  if (!canSignIn || (caller !== undefined && way !== 'session')) return '';
  return html`<p>You have another account?</p>
${signOutButton('Sign out, and sign in as someone else')}`;
}

function you({ caller }: Context): Html | '' {
  if (caller === undefined) return '';
  const { subject, organisation, roles } = caller;
  const named = roles.map((role, index) => html`${index === 0 ? '' : ', '}<bdi>${role}</bdi>`);
  return html`<p>You are signed in as <bdi>${subject}</bdi> of <bdi>${organisation}</bdi>, ${roles.length === 0 ? 'without a role' : html`with the role${roles.length === 1 ? '' : 's'} ${named}`}.</p>`;
}

function forbidden(context: Context): Html {
  if (context.caller === undefined) {
    return html`<p>If your account is new here, ask whoever manages your organisation’s accounts to give it an organisation and one of the roles ${REPORT_ROLES.join(', ')}.</p>
${someoneElse(context)}`;
  }
  return html`${you(context)}
<p>Ask whoever manages your organisation’s accounts for a role that is named above. Then sign out and in again, because roles are read when you sign in.</p>
${someoneElse(context)}`;
}

const STEPS: Readonly<Record<Problem['kind'], NextStep>> = {
  'invalid-run': BACK,
  'unknown-report': () => html`<p>The reports are:</p>
<ul>${REPORT_NAMES.map(
    (name) => html`<li>${REPORTS[name].title}</li>
`,
  )}</ul>`,
  unauthenticated: ({ isPart }) =>
    isPart
      ? html`<p><a href="">Sign in again</a>, and go on from here.</p>`
      : html`<p><a href="/sign-in">Sign in</a>, and open the report from there. A download link is good for 15 minutes: get a new one.</p>`,
  forbidden,
  'not-found': step('The address may be misspelt or cut off. Start from the reports.'),
  'method-not-allowed': step('Start from the reports.'),
  'body-too-large': step('Ask for less at once.'),
  'address-too-long': step(
    'Choose fewer values for the filters, or run the report once for each part.',
  ),
  'wrong-media-type': step('This address is for programs.'),
  'rate-limited': retry('Your organisation has asked for many reports in a short time.'),
  'unknown-organisation': (context) => html`${you(context)}
${context.caller === undefined ? '' : noDataYet(context.caller.organisation)}
${someoneElse(context)}`,
  'analytics-unavailable': retry(
    'This mostly passes by itself. If it does not, tell whoever runs this site.',
  ),
  'identity-unavailable': retry(
    'The service that you sign in with does not answer. This mostly passes by itself.',
  ),
  'sign-in-failed': () =>
    html`<p>This happens when a sign-in took more than ten minutes, was begun in another browser, or when cookies are switched off. <a href="/sign-in">Begin again</a>.</p>`,
  misconfigured: OPERATOR,
  'run-failed': retry('Try once more. If it fails again, tell whoever runs this site.'),
  'unknown-run': AGAIN,
  'run-expired': AGAIN,
  'run-cancelled': AGAIN,
  'run-timed-out': SHORTER,
  'data-changed': retry('New data came in while the report was being made.'),
  'out-of-memory': SHORTER,
  'spool-full': retry('Tell whoever runs this site if it goes on for long.'),
  'too-many-runs': retry('Other reports of your organisation are being made.'),
  busy: retry('Others are running reports.'),
  'range-not-satisfiable': step('Download the file from its beginning.'),
  internal: OPERATOR,
};

/** Nothing for a kind that only the analytics service knows. */
export function nextStep(kind: string | undefined, context: Context): Html | '' {
  const known = kind !== undefined && Object.hasOwn(STEPS, kind);
  return known ? STEPS[kind as Problem['kind']](context) : '';
}
