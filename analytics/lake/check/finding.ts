// What a check finds: where something is that SPEC 2 does not allow, and what; never a text.

export interface Finding {
  readonly file: string;
  readonly sessionId: string | undefined;
  readonly detail: string;
}

export interface CheckOutcome {
  /** The promise's name. */
  readonly check: string;
  readonly count: number;
  /** At most {@link FINDINGS_SHOWN}. */
  readonly first: readonly Finding[];
}

export const FINDINGS_SHOWN = 10;
