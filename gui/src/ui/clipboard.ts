/**
 * Puts a text into the clipboard. Browsers give pages their clipboard only over TLS and on the own machine: elsewhere the text is
 * copied out of a field, as before there was one.
 */
export async function copyText(text: string): Promise<void> {
  if (isSecureContext) return navigator.clipboard.writeText(text);
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  (focused?.closest('[role=dialog]') ?? document.body).append(field); // a dialog would take the focus back
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!done) throw new Error('the browser does not let the page copy');
}
