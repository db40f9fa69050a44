// A download as the card of its Run shows it: how far it is, that it goes on by itself, that it can be stopped.

import { wordsOf } from './ask.ts';
import { fill } from './dom.ts';
import { downloadFile, Refused } from './download.ts';

const underWay = new Set<string>();

function part<Kind extends Element>(card: Element, selector: string, kind: new () => Kind): Kind {
  const found = card.querySelector(selector);
  if (found instanceof kind) return found;
  throw new TypeError(`Cannot find ${selector} in the card of a Run`);
}

export async function downloadHere(card: HTMLElement): Promise<void> {
  const { id, dataset } = card;
  if (underWay.has(id)) return;
  underWay.add(id);
  const shown = part(card, '.downloading', HTMLElement);
  const bar = part(shown, 'progress', HTMLProgressElement);
  const words = part(shown, '[role="status"]', HTMLElement);
  const stop = part(shown, 'button', HTMLButtonElement);
  const stopping = new AbortController();
  const bytes = Number(dataset['bytes']);
  const say = (text: string) => {
    if (words.textContent !== text) words.textContent = text;
  };
  stop.addEventListener('click', () => stopping.abort(), { once: true });
  bar.max = bytes;
  bar.hidden = false;
  stop.hidden = false;
  shown.hidden = false;
  say('Downloading …');
  try {
    const became = await downloadFile({
      address: dataset['download'] ?? '',
      bytes,
      signal: stopping.signal,
      onProgress(received) {
        bar.value = received;
        say('Downloading …');
      },
      onBroken: () => say('The connection is broken. The download goes on by itself …'),
    });
    say(became === 'whole' ? 'The file is in your downloads.' : 'Your browser downloads the file.');
  } catch (error) {
    if (stopping.signal.aborted) say('The download has been stopped.');
    else if (error instanceof Refused) fill(words, wordsOf(await error.response.text()));
    else {
      say('The file cannot be kept on this device: free some room, and download it again.');
      throw error;
    }
  } finally {
    bar.hidden = true;
    stop.hidden = true;
    underWay.delete(id);
  }
}
