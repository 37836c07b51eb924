import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from './index';

const SRC = join(import.meta.dirname, '..');
const namespaces = readdirSync(join(import.meta.dirname, 'fr')).map((name) =>
  name.replace('.json', ''),
);

function flat(node: unknown, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  return Object.entries(node as object).flatMap(([key, value]) =>
    flat(value, path ? `${path}.${key}` : key),
  );
}

function catalogue(language: string, namespace: string): Map<string, string> {
  const text = readFileSync(join(import.meta.dirname, language, `${namespace}.json`), 'utf8');
  return new Map(flat(JSON.parse(text)));
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        /\.(svelte|ts)$/.test(name) && !name.includes('.test.') && !name.includes('generated'),
    )
    .map((name) => join(folder, name));
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]).sort();

describe.each(namespaces)('the catalogue %s', (namespace) => {
  const reference = catalogue('fr', namespace);

  it.each(LANGUAGES)('in %s has the same keys, none empty', (language) => {
    const here = catalogue(language, namespace);
    expect([...here.keys()].sort()).toEqual([...reference.keys()].sort());
    expect([...here].filter(([, text]) => text.trim() === '').map(([key]) => key)).toEqual([]);
  });

  it.each(LANGUAGES)('in %s has the same placeholders', (language) => {
    const here = catalogue(language, namespace);
    const differing = [...reference].filter(
      ([key, text]) => String(placeholders(text)) !== String(placeholders(here.get(key) ?? '')),
    );
    expect(differing.map(([key]) => key)).toEqual([]);
  });
});

it('French puts its no-break spaces before ; : ! ? and inside quotes', () => {
  const wrong = namespaces.flatMap((namespace) =>
    [...catalogue('fr', namespace)]
      .filter(([, text]) =>
        /[^\u202f\u00a0:;!?/.\d][;!?](\s|$)| [:;!?»]|« /.test(text.replace(/\{\{.*?\}\}/g, 'x')),
      )
      .map(([key]) => `${namespace}:${key}`),
  );
  expect(wrong).toEqual([]);
});

it('every key written in the source exists', () => {
  const missing: string[] = [];
  for (const file of sources(SRC)) {
    const text = readFileSync(file, 'utf8');
    for (const match of text.matchAll(
      /['"`]((?:common|console|crew|map|site|screen|pages|timeline|desk):[\w.]+[\w])['"`]/g,
    )) {
      const key = match[1] as string;
      const [namespace = '', path = ''] = key.split(':');
      const isGroup = flatHasGroup(namespace, path);
      if (!i18next.exists(key) && !i18next.exists(key, { count: 1 }) && !isGroup)
        missing.push(`${key} in ${file.slice(SRC.length)}`);
    }
  }
  expect(missing).toEqual([]);
});

it('every group of keys chosen by a code exists', () => {
  const missing: string[] = [];
  for (const file of sources(SRC)) {
    const text = readFileSync(file, 'utf8');
    for (const match of text.matchAll(
      /`((?:common|console|crew|map|site|screen|pages|timeline|desk):[\w.]*\w)\.\$\{/g,
    )) {
      const [namespace = '', path = ''] = (match[1] as string).split(':');
      if (!flatHasGroup(namespace, path)) missing.push(`${match[1]} in ${file.slice(SRC.length)}`);
    }
  }
  expect(missing).toEqual([]);
});

/** word('common:cause', code) names a group; the codes come from the wire. */
function flatHasGroup(namespace: string, path: string): boolean {
  if (!namespaces.includes(namespace)) return false;
  return [...catalogue('en', namespace).keys()].some((key) => key.startsWith(`${path}.`));
}
