// A Run's chunks as the body of a response. A failure breaks the transfer, so that half a report
// never looks whole; a client that goes away stops the Run.

export type End = 'complete' | 'cancelled' | 'failed';

/** A body's chunks for one who takes them one after the other. */
export interface BodySource {
  /** Good until the next one is asked for; undefined after the last. */
  next(): Promise<Uint8Array | undefined>;
  /** The client has gone away; resolves when everything is freed. */
  readonly cancel: () => Promise<void>;
}

/** All that a client may know of why. */
const BROKEN = new Error('The Run broke off');

function openSource(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  stop: () => void,
  onEnd: (end: End, error?: unknown) => void,
): BodySource {
  let hasEnded = false;
  return {
    async next() {
      try {
        const { value } = await chunks.next();
        if (hasEnded) return undefined;
        if (value !== undefined) return value;
        hasEnded = true;
        onEnd('complete');
        return undefined;
      } catch (error) {
        if (hasEnded) return undefined;
        hasEnded = true;
        onEnd('failed', error);
        throw BROKEN;
      }
    },
    async cancel() {
      if (hasEnded) return;
      hasEnded = true;
      stop();
      try {
        await chunks.return();
        onEnd('cancelled');
      } catch (error) {
        onEnd('cancelled', error);
      }
    },
  };
}

const sources = new WeakMap<ReadableStream, BodySource>();

/** What a body is made of, for whoever takes its chunks without the stream. */
export function sourceOf(body: ReadableStream | null): BodySource | undefined {
  return body === null ? undefined : sources.get(body);
}

/**
 * Asks for a chunk only when the client takes one; `onEnd` is told once, when everything is freed. A
 * chunk of the stream is its taker's to keep.
 */
export function responseBody(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  stop: () => void,
  onEnd: (end: End, error?: unknown) => void,
): ReadableStream<Uint8Array> {
  const source = openSource(chunks, stop, onEnd);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await source.next();
        if (chunk === undefined) controller.close();
        else controller.enqueue(new Uint8Array(chunk));
      },
      cancel: source.cancel,
    },
    { highWaterMark: 0 },
  );
  sources.set(body, source);
  return body;
}
