// A Run's chunks as the body of a response. A failure breaks the transfer, so that half a report
// never looks whole; a client that goes away stops the Run.

/** Pulls a chunk only when the client takes one; `onEnd` is told once, when everything is freed. */
export function responseBody(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  stop: () => void,
  onEnd: (end: 'complete' | 'cancelled' | 'failed', error?: unknown) => void,
): ReadableStream<Uint8Array> {
  let cancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await chunks.next();
          if (cancelled) return; // cancel() tells
          if (!next.done) return controller.enqueue(next.value);
          controller.close();
          onEnd('complete');
        } catch (error) {
          if (cancelled) return;
          controller.error(new Error('The Run broke off'));
          onEnd('failed', error);
        }
      },
      async cancel() {
        cancelled = true;
        stop();
        try {
          await chunks.return();
        } finally {
          onEnd('cancelled');
        }
      },
    },
    { highWaterMark: 1 },
  );
}
