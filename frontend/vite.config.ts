// One entry per page of the product, so the screen on a ward never downloads the dispatch map.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const entries = ['console', 'site', 'screen', 'crew', 'pages']
  .map((name) => `src/${name}/main.ts`)
  .filter((path) => existsSync(resolve(import.meta.dirname, path)));

/** WhiteNoise serves a smaller neighbour where there is one; nothing compresses while a phone waits. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir }) {
      const assets = resolve(dir ?? 'dist', 'assets');
      for (const name of readdirSync(assets).filter((one) => /\.(?:js|css)$/.test(one))) {
        const content = readFileSync(resolve(assets, name));
        writeFileSync(resolve(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
        writeFileSync(resolve(assets, `${name}.br`), brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig(({ mode }) => ({
  base: '/static/',
  plugins: [svelte(), compressed()],
  // Svelte ships a server build under the same name; tests mount components, so they need the other.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  build: {
    outDir: 'dist',
    manifest: 'manifest.json',
    target: 'es2022',
    sourcemap: true,
    // Inlined data: URLs would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: entries },
  },
  server: { origin: 'http://127.0.0.1:5173', strictPort: true },
  test: {
    environment: 'jsdom',
    // One document per worker, still one world per file: a document for each took most of the time.
    pool: 'vmThreads',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    restoreMocks: true,
  },
}));
