// Downloads the file of a complete Run. Where the connection breaks it goes on from there by itself, for
// as long as it takes; a browser's own download would wait for somebody to say so.

import { isStorable, openStoredFile, type StoredFile } from './storedFile.ts';

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;

export interface Download {
  readonly address: string;
  /** Of the whole file. */
  readonly bytes: number;
  readonly onProgress: (bytes: number) => void;
  readonly onBroken: () => void;
  readonly signal: AbortSignal;
}

/** Worth another try without anybody doing anything. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Why there is no file. Its text is the page that a browser would have been shown. */
export class Refused extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super(`Refused with ${response.status}`);
    this.name = 'Refused';
    this.response = response;
  }
}

const later = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

function nameIn(response: Response): string {
  const disposition = response.headers.get('Content-Disposition') ?? '';
  return /filename="([^"]+)"/.exec(disposition)?.[1] ?? 'report';
}

/** With a range even for all of it: then browsers ask for bytes that nothing has compressed on the way. */
function askFor(from: number, tag: string | null, { address, signal }: Download) {
  const range = { Accept: 'text/html', Range: `bytes=${from}-` };
  return fetch(address, { signal, headers: tag === null ? range : { ...range, 'If-Range': tag } });
}

/** The name of the file, once it is whole. */
async function fetchInto(file: StoredFile, download: Download): Promise<string> {
  const { bytes: total, onProgress, onBroken, signal } = download;
  let tag: string | null = null;
  let bytes = 0;
  let wait = FIRST_WAIT_MS;
  for (;;) {
    try {
      const response = await askFor(bytes, tag, download);
      if (response.ok) {
        tag = response.headers.get('ETag');
        if (response.status !== 206 && bytes > 0) {
          await file.empty();
          bytes = 0;
        }
        const reader = response.body?.getReader();
        for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
          await file.write(read.value);
          bytes += read.value.byteLength;
          wait = FIRST_WAIT_MS;
          onProgress(bytes);
        }
        if (bytes >= total) return nameIn(response);
      } else if (!PASSING.has(response.status)) {
        throw new Refused(response);
      }
    } catch (error) {
      // A broken transfer is a TypeError, by the Fetch standard; anything else is not the network's.
      if (signal.aborted || !(error instanceof TypeError)) throw error;
    }
    onBroken();
    await later(wait, signal);
    signal.throwIfAborted();
    wait = Math.min(wait * 2, MAX_WAIT_MS);
  }
}

async function hasRoom(bytes: number): Promise<boolean> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return bytes < quota - usage;
}

/** Resolves when the file is in the browser's downloads, or the browser has been left to fetch it. */
export async function downloadFile(download: Download): Promise<'whole' | 'left to the browser'> {
  if (!isStorable() || !(await hasRoom(download.bytes))) {
    Object.assign(document.createElement('a'), { href: download.address, download: '' }).click();
    return 'left to the browser';
  }
  const file = await openStoredFile();
  let name: string;
  try {
    name = await fetchInto(file, download);
  } catch (error) {
    await file.remove();
    throw error;
  }
  await file.save(name);
  return 'whole';
}
