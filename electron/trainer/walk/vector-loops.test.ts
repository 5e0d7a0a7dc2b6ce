import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { seconds } from '../../../build/machine.ts';

const file = (name: string): string => new URL(name, import.meta.url).pathname;

/** As much of AssemblyScript's compiler as is used. */
interface Compiler {
  main: (
    options: readonly string[],
    files: {
      readFile: (name: string) => string | null;
      writeFile: (name: string, contents: Uint8Array | string) => void;
      listFiles: () => string[];
    },
  ) => Promise<{ error: Error | null }>;
}

// named by a variable: its own types would declare the lists of its language for all of the program
const compilerModule: string = 'assemblyscript/asc';

/** vector-loops.ts, compiled from the loops: the program carries no compiler. */
async function compiled(): Promise<string> {
  const source = await readFile(file('vector-loops.as'), 'utf8');
  let module = new Uint8Array();
  const { default: asc } = (await import(compilerModule)) as { default: Compiler };
  const { error } = await asc.main(
    [
      'loops.ts',
      '--outFile',
      'loops.wasm',
      '-O3',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--importMemory',
      '--noAssert',
    ],
    {
      readFile: (name) => (name === 'loops.ts' ? source : null),
      writeFile: (_, contents) => void (module = new Uint8Array(contents as Uint8Array)),
      listFiles: () => [],
    },
  );
  if (error) throw error;
  const lines = Buffer.from(module)
    .toString('base64')
    .match(/.{1,120}/g)!;
  const text = `/** The loops over all parameters as WebAssembly (base64), compiled from vector-loops.as. */\nexport const moduleBase64 = [${lines.map((line) => `'${line}'`).join(', ')}].join('');\n`;
  return format(text, { ...(await resolveConfig(file('vector-loops.ts'))), parser: 'typescript' });
}

test('vector-loops.ts is what AssemblyScript makes of vector-loops.as', { timeout: seconds(60) }, async () => {
  await expect(await compiled()).toMatchFileSnapshot(file('vector-loops.ts'));
});
