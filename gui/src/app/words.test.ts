import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const source = 'src';
const files = readdirSync(source, { recursive: true, encoding: 'utf8' });

/** The words of a file, flat: paths and texts. */
function words(file: string): Map<string, string> {
  const flat = new Map<string, string>();
  const add = (value: unknown, path: string) => {
    if (typeof value === 'string') flat.set(path, value);
    else for (const [name, inner] of Object.entries(value as object)) add(inner, path ? `${path}.${name}` : name);
  };
  add(JSON.parse(readFileSync(join(source, file), 'utf8')), '');
  return flat;
}

const plural = /_(zero|one|two|few|many|other)$/;
const stem = (key: string) => key.replace(plural, '');
const formsOf = (language: string) => new Intl.PluralRules(language).resolvedOptions().pluralCategories;

describe('words of both languages', () => {
  const english = files.filter((file) => /(^|\/)en\.json$/.test(file));
  it('are found', () => expect(english.length).toBeGreaterThan(4));

  it.each(english)('%s', (file) => {
    const en = words(file);
    const pl = words(file.replace('en.json', 'pl.json'));
    expect([...new Set([...pl.keys()].map(stem))]).toEqual([...new Set([...en.keys()].map(stem))]);
    for (const [language, texts] of [['en', en], ['pl', pl]] as const) {
      for (const key of texts.keys()) {
        if (!plural.test(key)) continue;
        const missing = formsOf(language).filter((form) => !texts.has(`${stem(key)}_${form}`));
        expect({ language, key, missing }).toEqual({ language, key, missing: [] });
      }
    }
    for (const [key, text] of en) {
      const places = (text: string | undefined) => [...new Set(text?.match(/{{\w+}}/g))].sort();
      const other = pl.get(key);
      if (other !== undefined) expect({ key, places: places(other) }).toEqual({ key, places: places(text) });
    }
  });
});

/** Attributes whose text people read. */
const readable = ['label', 'title', 'placeholder', 'description', 'aria-label', 'alt', 'text', 'message'];
const letters = /\p{L}{2,}/u;

/** Texts that are written into components and not taken from the words. */
function bareTexts(file: string): string[] {
  const tree = ts.createSourceFile(file, readFileSync(join(source, file), 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const look = (node: ts.Node) => {
    if (ts.isJsxText(node) && letters.test(node.text)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && readable.includes(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer)) {
      if (letters.test(node.initializer.text) && !/^https?:/.test(node.initializer.text)) found.push(node.initializer.text);
    }
    ts.forEachChild(node, look);
  };
  look(tree);
  return found;
}

it('no component holds a text of its own', () => {
  const components = files.filter((file) => file.endsWith('.tsx') && !file.endsWith('.test.tsx'));
  expect(components.length).toBeGreaterThan(20);
  const found = components.flatMap((file) => bareTexts(file).map((text) => `${file}: ${text}`));
  // Examples of what is typed are the same in every language.
  expect(found.filter((line) => !/: \d{4}-\d\d-\d\d \d\d:\d\d$/.test(line))).toEqual([]);
});
