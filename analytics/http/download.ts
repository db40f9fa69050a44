// A Run's file as an HTTP response: whole, a range of it, or nothing because the client has it already
// (RFC 9110, sections 8.8, 13 and 14). Reads the conditions, renders nothing.

import Negotiator from 'negotiator';
import parseRange from 'range-parser';
import { MEDIA_TYPES } from '../../sql/contract/format.ts';
import { ProblemError } from '../../sql/contract/problem.ts';
import { fileName } from '../../sql/contract/run.ts';
import { runLinks } from '../../sql/contract/runStatus.ts';
import { ENCODINGS, type Encoding } from '../formats/compress.ts';
import { formatOf } from '../formats/format.ts';
import { type ByteRange, fileBytes } from '../runs/fileBytes.ts';
import type { RunReader } from '../runs/reader.ts';
import type { Run } from '../runs/run.ts';
import { type End, responseBody } from './body.ts';

export interface Asked {
  readonly method: string;
  readonly headers: Headers;
  readonly subject: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Whether the address stands for this one file, so that a range needs no If-Range. */
  readonly isFixed: boolean;
  /** Told when the first byte of the file is handed over. */
  readonly onFirstByte: () => void;
  /** Told once, when everything is freed, how it ended and how many bytes were handed over. */
  readonly onEnd: (end: End, bytes: number, error?: unknown) => void;
}

/** What the client takes, quick to make first. */
function negotiated(headers: Headers): Encoding | undefined {
  const accepted = headers.get('Accept-Encoding');
  if (accepted === null) return undefined;
  const ranked = new Negotiator({ headers: { 'accept-encoding': accepted } }).encodings([
    ...ENCODINGS,
    'identity',
  ]);
  if (ranked[0] === 'identity') return undefined;
  return ENCODINGS.find((encoding) => ranked.includes(encoding));
}

function hasTag(header: string | null, tag: string): boolean {
  if (header === null) return false;
  const tags = header.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(tag);
}

/** Of the file as it is (RFC 9530). */
function digest(run: Run, encoding: Encoding | undefined): Record<string, string> {
  const { sha256 } = run.status();
  if (sha256 === null || encoding !== undefined) return {};
  return { 'Repr-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:` };
}

/** The file's bytes as a body, counted. */
function bodyOf(reader: RunReader, range: ByteRange | undefined, asked: Asked) {
  const { onFirstByte, onEnd } = asked;
  let bytes = 0;
  async function* counted() {
    for await (const chunk of fileBytes(reader, range)) {
      if (bytes === 0) onFirstByte();
      bytes += chunk.byteLength;
      yield chunk;
    }
  }
  return responseBody(counted(), reader.leave, (end, error) => onEnd(end, bytes, error));
}

export async function downloadResponse(run: Run, asked: Asked): Promise<Response> {
  const { method, headers, subject, signal, isFixed, onEnd } = asked;
  const { run: resolved, dataThrough, state } = run.status();
  const format = formatOf(resolved.parameters);
  const encoding = format.isCompressible ? negotiated(headers) : undefined;
  const tag = encoding === undefined ? `"${run.id}"` : `"${run.id}-${encoding}"`;

  const about: Record<string, string> = {
    'Content-Type': MEDIA_TYPES[resolved.parameters.format],
    'Content-Disposition': `attachment; filename="${fileName(resolved)}"`,
    'Content-Location': runLinks(run.id).download,
    'Cache-Control': 'private, no-store',
    'Accept-Ranges': 'bytes',
    ETag: tag,
    'X-Run-Id': run.id,
    ...(dataThrough === null ? {} : { 'X-Data-Through': dataThrough }),
    ...(format.isCompressible ? { Vary: 'Accept-Encoding' } : {}),
    ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
  };

  if (hasTag(headers.get('If-None-Match'), tag)) {
    onEnd('complete', 0);
    return new Response(null, { status: 304, headers: about });
  }
  if (method === 'HEAD') {
    onEnd('complete', 0);
    const { bytes } = run.status();
    const isKnown = state === 'complete' && encoding === undefined;
    const length = isKnown ? { 'Content-Length': String(bytes) } : {};
    return new Response(null, { headers: { ...about, ...length } });
  }

  const ifRange = headers.get('If-Range');
  const range = headers.get('Range');
  const wantsRange = range !== null && (ifRange === null ? isFixed : ifRange === tag);

  const reader = await run.read(subject, encoding, signal);
  try {
    const total = wantsRange ? await reader.totalBytes() : reader.knownBytes;
    if (wantsRange && total !== undefined) {
      const ranges = parseRange(total, range);
      if (ranges === -1) throw new ProblemError({ kind: 'range-not-satisfiable', bytes: total });
      const [only, ...others] = ranges === -2 || ranges.type !== 'bytes' ? [] : ranges;
      if (only !== undefined && others.length === 0) {
        return new Response(bodyOf(reader, only, asked), {
          status: 206,
          headers: {
            ...about,
            'Content-Length': String(only.end - only.start + 1),
            'Content-Range': `bytes ${only.start}-${only.end}/${total}`,
          },
        });
      }
    }
    const length = total === undefined ? {} : { 'Content-Length': String(total) };
    return new Response(bodyOf(reader, undefined, asked), {
      headers: { ...about, ...length, ...digest(run, encoding) },
    });
  } catch (error) {
    reader.leave();
    throw error;
  }
}
