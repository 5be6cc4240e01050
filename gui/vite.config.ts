import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Emits the script that chooses light or dark before anything is painted, and puts it at the head of the page. */
function firstPaint(): Plugin {
  const name = 'src/app/first-paint.js';
  let reference = '';
  return {
    name: 'first-paint',
    buildStart() {
      if (this.environment?.mode === 'build') {
        reference = this.emitFile({ type: 'asset', name: 'first-paint.js', source: readFileSync(name) });
      }
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const asset = Object.values(context.bundle ?? {}).find((file) => file.type === 'asset' && file.names.includes('first-paint.js'));
        if (reference && !asset) throw new Error('the script of the first paint is not in the bundle');
        return [{ tag: 'script', attrs: { src: asset ? `/${asset.fileName}` : `/${name}` }, injectTo: 'head-prepend' }];
      },
    },
  };
}

const frame = /\/src\/(api\/|app\/(?!locales|shell\/([A-Z]\w+\.tsx|palette)|Toasts)|features\/\w+\/routes)/;
const server = process.env.TRACARDI_URL ?? 'http://127.0.0.1:8686';

export default defineConfig({
  plugins: [react(), firstPaint()],
  server: {
    port: 5173,
    proxy: Object.fromEntries(['/api', '/track', '/tracker', '/healthz', '/readyz', '/metrics'].map((path) => [path, server])),
  },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The frame needs all routes at once: one file instead of many small ones.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'frame', test: frame }] } } },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    testTimeout: 30_000, // a busy machine takes its time
    restoreMocks: true,
  },
});
