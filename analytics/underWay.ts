// What the service has under way. One that stops must wait for it to end: DuckDB never comes back
// from a statement whose connection is closed meanwhile.

export interface UnderWay {
  add(work: Promise<unknown>): void;
  /** Resolves once everything has ended, well or not. */
  ended(): Promise<void>;
}

export function watchUnderWay(): UnderWay {
  const all = new Set<Promise<unknown>>();
  return {
    add(work) {
      all.add(work);
      const forget = () => all.delete(work);
      work.then(forget, forget);
    },
    async ended() {
      while (all.size > 0) await Promise.allSettled(all);
    },
  };
}
