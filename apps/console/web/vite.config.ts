import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Files only, under the strict policy of contents: nothing inline, nothing from elsewhere. */
export default defineConfig({
  root: at('.'),
  plugins: [react(), tailwindcss()],
  build: {
    outDir: at('../../../dist/apps/console/web'),
    emptyOutDir: true,
    target: ['chrome111', 'safari16.4', 'firefox128'],
    manifest: true,
    assetsInlineLimit: 0,
    sourcemap: false,
    modulePreload: { polyfill: false },
  },
});
