/** Bundles what runs outside the window: dist/node/ (workbench, trainer, terminal) as modules, main and preload for Electron. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { InlineConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string };

/** Native packages stay outside the bundles, and so does electron, which only exists at run time. */
const native = ['electron', 'better-sqlite3', 'onnxruntime-node', '@resvg/resvg-js', 'pdfkit', 'svg-to-pdfkit'];

function bundle(entries: Record<string, string>, format: 'es' | 'cjs', outDir: string, node: string): InlineConfig {
  return {
    root,
    configFile: false,
    logLevel: 'warn',
    define: { 'process.env.VALLEYWALK_VERSION': JSON.stringify(version) },
    resolve: { conditions: ['node'] },
    ssr: { noExternal: true, external: native, target: 'node' },
    build: {
      ssr: true,
      target: node,
      outDir: `${root}/${outDir}`,
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, `${root}/${path}`])),
        external: native,
        output: {
          format,
          entryFileNames: `[name].${format === 'cjs' ? 'cjs' : 'js'}`,
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  };
}

/** One build for the processes on Node, one each for Electron's main and preload, which must be single files. */
export const nodeBuilds: InlineConfig[] = [
  bundle(
    {
      workbench: 'electron/workbench/entry.ts',
      trainer: 'electron/trainer/entry.ts',
      figures: 'electron/workbench/figures/worker.ts',
      'check-store': 'electron/workbench/store/check-worker.ts',
      pulse: 'electron/processes/pulse-thread.ts',
      valleywalk: 'electron/cli/main.ts',
    },
    'es',
    'dist/node',
    'node22',
  ),
  bundle({ main: 'electron/main.ts' }, 'cjs', 'dist', 'node20'),
  bundle({ preload: 'electron/preload.ts' }, 'cjs', 'dist', 'node20'),
];
