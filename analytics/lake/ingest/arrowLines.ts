// Arrow IPC, a file or a stream, as lines of JSON: one a row, an instant as RFC 3339. The readers of
// JSON Lines do the rest.

import { open } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import {
  CompressionType,
  compressionRegistry,
  DataType,
  type RecordBatch,
  RecordBatchReader,
  type Timestamp,
  TimeUnit,
  type Vector,
} from 'apache-arrow';
import { SourceFailure } from './sourceFailure.ts';

compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => zstdDecompressSync(data) });

const MICROSECONDS_PER_MILLISECOND = 1000n;

/** One block of lines for each record batch. */
export async function* arrowLines(name: string, file: string): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    const reader = await RecordBatchReader.from(handle);
    for await (const batch of reader) yield Buffer.from(linesOf(batch));
  } catch (error) {
    const reason = (error as Error).message;
    throw new SourceFailure(name, `it cannot be read as Arrow IPC: ${reason}`, { cause: error });
  } finally {
    await handle.close();
  }
}

function linesOf(batch: RecordBatch): string {
  const columns = batch.schema.fields.map(
    ({ name }, index) => [name, valuesOf(batch.getChildAt(index))] as const,
  );
  const lines: string[] = [];
  for (let row = 0; row < batch.numRows; row += 1) {
    const record = Object.fromEntries(columns.map(([name, valueAt]) => [name, valueAt(row)]));
    lines.push(`${JSON.stringify(record, withoutBigInt)}\n`);
  }
  return lines.join('');
}

function valuesOf(vector: Vector | null): (row: number) => unknown {
  if (vector === null) return () => null;
  const { type } = vector;
  if (!DataType.isTimestamp(type)) return (row) => vector.get(row);
  const ticks: BigInt64Array = vector.data[0]?.values; // whole microseconds, unlike get()
  return (row) => (vector.isValid(row) ? instantText(ticks[row] ?? 0n, type) : null);
}

/** Without a zone it is a local time, which no reader takes for an instant. */
function instantText(ticks: bigint, { unit, timezone }: Timestamp): string {
  const microseconds = toMicroseconds(ticks, unit);
  const rest = ((microseconds % MICROSECONDS_PER_MILLISECOND) + 1000n) % 1000n;
  const instant = new Date(Number((microseconds - rest) / MICROSECONDS_PER_MILLISECOND));
  if (Number.isNaN(instant.getTime())) return 'out of range';
  const text = `${instant.toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}`;
  return timezone ? `${text}Z` : text;
}

function toMicroseconds(ticks: bigint, unit: TimeUnit): bigint {
  if (unit === TimeUnit.SECOND) return ticks * 1_000_000n;
  if (unit === TimeUnit.MILLISECOND) return ticks * 1000n;
  return unit === TimeUnit.MICROSECOND ? ticks : ticks / 1000n;
}

function withoutBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
