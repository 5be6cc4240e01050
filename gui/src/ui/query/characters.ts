// The API counts characters; texts of browsers count UTF-16 units, of which some characters have two.

/** The number of characters before a place in a text. */
export const charactersBefore = (text: string, unit: number) => [...text.slice(0, unit)].length;

/** The place in a text after a number of characters. */
export function unitAfter(text: string, characters: number): number {
  let unit = 0;
  for (const character of text) {
    if (characters-- <= 0) break;
    unit += character.length;
  }
  return unit;
}

/** Puts a suggestion in its place, with a blank behind it. Gives the new text and where the cursor goes. */
export function accepted(text: string, place: { from: number; to: number }, suggestion: string): { text: string; cursor: number } {
  const before = text.slice(0, unitAfter(text, place.from));
  const after = text.slice(unitAfter(text, place.to));
  const glue = /[\s:(]$/.test(before) || before === '' || /^[:=]/.test(suggestion) ? '' : ' ';
  const blank = /^\s/.test(after) ? '' : ' ';
  const head = before + glue + suggestion;
  return { text: head + blank + after, cursor: head.length + 1 };
}
