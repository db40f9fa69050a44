// Copies the text that stands beside the button.

const SHOWN_MS = 2_000;

export async function copyFrom(button: HTMLButtonElement): Promise<void> {
  const text = document.getElementById(button.dataset['copy'] ?? '')?.textContent ?? '';
  const label = button.textContent;
  await navigator.clipboard.writeText(text);
  button.textContent = 'Copied';
  setTimeout(() => {
    button.textContent = label;
  }, SHOWN_MS);
}
