import react from '@vitejs/plugin-react';
import { early } from './.ci/early.mjs';
import { keptCompressed } from './.ci/kept-compressed.mjs';
import { offline } from './.ci/offline.mjs';
import { started } from './.ci/started.mjs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: './',
  plugins: [react(), started(), early('src/ui/main.tsx'), offline(), keptCompressed()],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 900 },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
