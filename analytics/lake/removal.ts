// The removal of texts from a lake for good, as those know it who must be told: the audit, and the
// spool that holds finished reports. The lake knows neither.

export interface Removal {
  /** Why: whose texts, or from before which day. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** How many have lost something. */
  readonly sessions: number;
}

/** Tells whom it concerns before and after `publish`, which removes the texts and must be called. */
export type AroundRemoval = (removal: Removal, publish: () => Promise<void>) => Promise<void>;
