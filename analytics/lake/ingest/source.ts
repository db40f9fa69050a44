// Where records come from: files, patterns and standard input, each with its format and compression
// told by its ending. Names in, sources and their plain bytes out; knows no record.

import { createReadStream, createWriteStream } from 'node:fs';
import { access, glob, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { UsageError } from '../../failure.ts';
import type { IngestKind } from './request.ts';
import { SourceFailure } from './sourceFailure.ts';

type Format = 'jsonl' | 'csv' | 'parquet' | 'arrow';
type Compression = 'gz' | 'zst';

export interface Source {
  /** As the user named it, or as it was found. */
  readonly name: string;
  readonly format: Format;
  readonly compression: Compression | undefined;
}

const STANDARD_INPUT = '-';

const ENDINGS: Readonly<Record<string, Format>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
  '.arrows': 'arrow',
};

/** What standard input is without a word about it comes first. */
const FORMATS: Readonly<Record<IngestKind, readonly Format[]>> = {
  sessions: ['jsonl', 'csv', 'parquet', 'arrow'],
  messages: ['jsonl', 'csv', 'parquet', 'arrow'],
  merges: ['jsonl', 'csv', 'parquet', 'arrow'],
  'gladly-csv': ['csv'],
  'gladly-export': ['jsonl'],
};

const READ_BYTES = 1024 * 1024;
const CHUNKS = { chunkSize: READ_BYTES };

/**
 * The sources that the names stand for, in order, and within a pattern by name. `format` says what
 * standard input is, like an ending: `csv`, `jsonl.gz`.
 */
export async function findSources(
  kind: IngestKind,
  names: readonly string[],
  format: string = FORMATS[kind][0] ?? '',
): Promise<Source[]> {
  if (names.filter((name) => name === STANDARD_INPUT).length > 1) {
    throw new UsageError('Cannot ingest standard input twice: name - once');
  }
  const sources: Source[] = [];
  for (const name of names) {
    if (name === STANDARD_INPUT) sources.push(sourceOf(kind, name, `.${format}`));
    else for (const file of await filesOf(name)) sources.push(sourceOf(kind, file, file));
  }
  return sources;
}

/** A file of exactly that name comes before what the name would match as a pattern. */
async function filesOf(name: string): Promise<string[]> {
  const isFile = await access(name).then(
    () => true,
    () => false,
  );
  if (isFile) return [name];
  const found = await Array.fromAsync(glob(name));
  if (found.length === 0) throw new SourceFailure(name, 'there is no such file to read');
  return found.toSorted();
}

/** Whether a file of that name can hold records of that kind. */
export function isSourceName(kind: IngestKind, fileName: string): boolean {
  return formatOf(kind, fileName) !== undefined;
}

function sourceOf(kind: IngestKind, name: string, fileName: string): Source {
  const format = formatOf(kind, fileName);
  if (format !== undefined) return { name, format, compression: compressionOf(fileName) };
  const endings = Object.keys(ENDINGS).filter((ending) => formatOf(kind, ending) !== undefined);
  throw new UsageError(
    `Cannot ingest ${name}: ${kind} come with the ending ${endings.join(', ')}, and .gz or .zst behind it if compressed; what - is says --format`,
  );
}

function formatOf(kind: IngestKind, fileName: string): Format | undefined {
  const [, ending = ''] = /(\.[^./]+?)(?:\.(?:gz|zst))?$/i.exec(fileName) ?? [];
  const format = ENDINGS[ending.toLowerCase()];
  return format !== undefined && FORMATS[kind].includes(format) ? format : undefined;
}

function compressionOf(fileName: string): Compression | undefined {
  const ending = extname(fileName).slice(1).toLowerCase();
  return ending === 'gz' || ending === 'zst' ? ending : undefined;
}

/** Makes a folder for what has to lie on the disk while one source is read. */
export async function withSourceFolder<Result>(
  scratch: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(scratch, 'source-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The source as a file without compression, by a name in the folder: DuckDB takes [ and * in a name
 * for a pattern.
 */
export async function plainFile(source: Source, folder: string): Promise<string> {
  const file = join(folder, 'plain');
  const stored = await storedFile(source, folder);
  if (source.compression === undefined) await symlink(resolve(stored), file);
  else await pipeline(readBytes(source, stored), createWriteStream(file));
  return file;
}

/** The source's bytes without compression; standard input is kept in the folder first. */
export async function* plainBytes(source: Source, folder: string): AsyncGenerator<Buffer> {
  yield* readBytes(source, await storedFile(source, folder));
}

/** Files that DuckDB itself has to be allowed to open. */
export function filesToOpen(sources: readonly Source[]): string[] {
  return sources
    .filter(({ name, compression }) => name !== STANDARD_INPUT && compression === undefined)
    .map(({ name }) => name);
}

async function storedFile({ name }: Source, folder: string): Promise<string> {
  if (name !== STANDARD_INPUT) return name;
  const file = join(folder, 'input');
  await pipeline(process.stdin, createWriteStream(file));
  return file;
}

async function* readBytes({ name, compression }: Source, file: string): AsyncGenerator<Buffer> {
  try {
    if (compression === undefined) yield* createReadStream(file, { highWaterMark: READ_BYTES });
    else if (compression === 'gz') yield* decompressed(file, 0, createGunzip(CHUNKS));
    else yield* zstdFrames(file);
  } catch (error) {
    const reason = (error as Error).message;
    throw new SourceFailure(name, `it is cut off or damaged: ${reason}`, { cause: error });
  }
}

async function* decompressed(
  file: string,
  start: number,
  plain: Transform,
): AsyncGenerator<Buffer> {
  const stored = createReadStream(file, { start, highWaterMark: READ_BYTES });
  stored.once('error', (error) => plain.destroy(error));
  yield* stored.pipe(plain);
}

/** Node ends at the end of the first frame, without a word about others behind it. */
async function* zstdFrames(file: string): AsyncGenerator<Buffer> {
  const { size } = await stat(file);
  let start = 0;
  do {
    const frame = createZstdDecompress(CHUNKS);
    yield* decompressed(file, start, frame);
    start += frame.bytesWritten;
  } while (start < size);
}
