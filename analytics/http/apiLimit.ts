// Gladly's limits on reports through its API (SPEC 4): so many begun in a minute, so many at once, per
// organisation. Counts here because every edge asks this service; knows no HTTP. The clock is an
// argument.

export interface ApiLimits {
  readonly perMinute: number;
  readonly atOnce: number;
}

/** Gladly's own. */
export const GLADLY_LIMITS: ApiLimits = { perMinute: 10, atOnce: 2 };

const WINDOW_MS = 60_000;

/** When a download ends nobody knows; sooner than this it is not worth asking again. */
const RETRY_WHILE_BUSY_SECONDS = 5;

export type Admission =
  | {
      readonly ok: true;
      /** How many more could begin now. */
      readonly remaining: number;
      /** To be called when the download has ended in whatever way; again does nothing. */
      readonly end: () => void;
    }
  | { readonly ok: false; readonly detail: string; readonly retryAfterSeconds: number };

export type Admit = (organisation: string) => Admission;

interface Use {
  /** Instants of the last minute, in milliseconds, oldest first. */
  readonly begun: readonly number[];
  readonly running: number;
}

/** What is refused counts for nothing, so that one who keeps asking gets in when there is room. */
export function limitApi({ perMinute, atOnce }: ApiLimits, now: () => Date): Admit {
  const uses = new Map<string, Use>();

  function change(organisation: string, use: Use): void {
    if (use.begun.length > 0 || use.running > 0) uses.set(organisation, use);
    else uses.delete(organisation);
  }

  function useOf(organisation: string, since: number): Use {
    const { begun, running } = uses.get(organisation) ?? { begun: [], running: 0 };
    return { begun: begun.filter((instant) => instant > since), running };
  }

  return (organisation) => {
    const time = now().getTime();
    const { begun, running } = useOf(organisation, time - WINDOW_MS);
    const [oldest] = begun.slice(-perMinute);
    if (begun.length >= perMinute && oldest !== undefined) {
      return {
        ok: false,
        detail: `Cannot begin another report: your organisation may begin ${perMinute} a minute`,
        retryAfterSeconds: Math.ceil((oldest + WINDOW_MS - time) / 1000),
      };
    }
    if (running >= atOnce) {
      return {
        ok: false,
        detail: `Cannot begin another report: your organisation may download ${atOnce} at once`,
        retryAfterSeconds: RETRY_WHILE_BUSY_SECONDS,
      };
    }
    change(organisation, { begun: [...begun, time], running: running + 1 });
    let ended = false;
    return {
      ok: true,
      remaining: Math.min(perMinute - begun.length, atOnce - running) - 1,
      end() {
        if (ended) return;
        ended = true;
        const use = useOf(organisation, now().getTime() - WINDOW_MS);
        change(organisation, { ...use, running: use.running - 1 });
      },
    };
  };
}
