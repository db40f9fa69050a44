// Files of this site's own on the person's disk, where a download grows until it is whole: nothing of it
// is kept in memory. What a page has left behind, the next one removes: it may be personal data.

const FOLDER = 'downloads';

/** As long as a page has a file, it holds a lock of that name. */
const lockOf = (name: string) => `${FOLDER}/${name}`;

export interface StoredFile {
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Begins again from nothing. */
  empty(): Promise<void>;
  /** Hands the whole file to the browser's downloads. */
  save(name: string): Promise<void>;
  remove(): Promise<void>;
}

const folder = async () =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

/** Takes a lock that nobody else has, and holds it until it is released, or the page is gone. */
function hold(name: string): Promise<() => void> {
  const held = Promise.withResolvers<() => void>();
  void navigator.locks.request(lockOf(name), () => {
    const released = Promise.withResolvers<void>();
    held.resolve(released.resolve);
    return released.promise;
  });
  return held.promise;
}

/** Removes what pages that are gone have left. */
export async function removeLeftovers(): Promise<void> {
  if (!isStorable()) return;
  const files = await folder();
  for await (const name of files.keys()) {
    await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
      if (lock !== null) await files.removeEntry(name);
    });
  }
}

/** Whether the browser has such a place: not before 2023, nor over plain http from elsewhere. */
export function isStorable(): boolean {
  return (
    'storage' in navigator &&
    'locks' in navigator &&
    'getDirectory' in navigator.storage &&
    'createWritable' in FileSystemFileHandle.prototype
  );
}

/** The browser reads the file after it has been told of it, and says nothing when it has. */
const SAVING_MS = 10 * 60_000;

export async function openStoredFile(): Promise<StoredFile> {
  const name = crypto.randomUUID();
  const release = await hold(name);
  const files = await folder();
  const handle = await files.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();

  async function remove(): Promise<void> {
    await files.removeEntry(name);
    release();
  }

  return {
    write: (chunk) => writable.write(chunk),
    async empty() {
      await writable.truncate(0);
      await writable.seek(0);
    },
    async save(as) {
      await writable.close();
      const address = URL.createObjectURL(await handle.getFile());
      Object.assign(document.createElement('a'), { href: address, download: as }).click();
      setTimeout(() => {
        URL.revokeObjectURL(address);
        void remove();
      }, SAVING_MS);
    },
    async remove() {
      await writable.abort();
      await remove();
    },
  };
}
