/** `valleywalk setup`: libraries of this machine that backends compute with, set up, looked for and removed. */
import { resolve } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { environmentText, setupText, versionsText } from '../../../shared/setups.ts';
import type { Setup, SetupProgress } from '../../../shared/setups.ts';
import { expandHome } from '../../files/home.ts';
import { setupKinds } from '../../workbench/setups/index.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption, Terminal } from '../session.ts';
import type { Declare } from '../declare.ts';
import { clearPlace, print, printJson, tell, tellInPlace } from '../print.ts';

/** Declares `setup`. */
export function declareSetup({ command, action }: Declare): void {
  command(
    'setup [name]',
    `set a backend up: ${Object.keys(setupKinds).join(', ')}; without a name, tell how they stand`,
  )
    .option('--python <path>', 'of this Python or environment; without it, of the first found that has the library')
    .option('--wheel <file>', 'out of this wheel')
    .option('--look', 'only tell which Pythons were found, and what each has')
    .option('--remove', 'remove what was set up, from the store only')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `\n${Object.entries(setupKinds)
        .map(
          ([name, { title, help, variable }]) =>
            `${name}: ${title}. ${help} ${variable} in the environment is used instead.`,
        )
        .join('\n')}`,
    )
    .action(action(setup));
}

/** Options of `setup`. */
interface SetupOptions extends StoreOption {
  python?: string;
  wheel?: string;
  look?: boolean;
  remove?: boolean;
  json?: boolean;
}

/**
 * Sets up, looks or removes, and prints how the setup stands then.
 * @returns the exit code: 130 when it was interrupted
 * @throws ValleywalkError kind `input`, as the request says
 */
function setup(name: string | undefined, options: SetupOptions): Promise<number> {
  const { python, wheel, look, remove, json } = options;
  return withWorkbench(options, async (terminal) => {
    const { ask } = terminal;
    if (name === undefined) {
      const [chosen] = Object.entries({ python, wheel, look, remove }).find(([, value]) => value !== undefined) ?? [];
      if (chosen !== undefined)
        throw new ValleywalkError(
          'input',
          `--${chosen} needs the name of a setup: ${Object.keys(setupKinds).join(', ')}`,
        );
      const all = await ask('setups.list', {});
      if (json) printJson(all);
      else for (const each of all) print(standing(each));
      return exit.finished;
    }
    if ([look, remove, python ?? wheel].filter((each) => each !== undefined).length > 1)
      throw new ValleywalkError('input', 'choose one of --look, --remove, and --python or --wheel');
    if (remove) {
      const removed = await ask('setups.remove', { setup: name });
      if (json) printJson(removed);
      else print(`removed the setup ${name} from this store; nothing else was changed`);
      return exit.finished;
    }
    return interruptible(terminal, async () => {
      if (look) {
        const found = await ask('setups.look', { setup: name });
        if (json) printJson(found);
        else if (found.length === 0) print('no Python was found on this machine');
        else for (const each of found) print(`${each.found ? 'yes' : 'no '}  ${environmentText(each)}`);
        return exit.finished;
      }
      const made = await ask('setups.install', {
        setup: name,
        // a bare name is looked for on PATH
        ...(python === undefined ? {} : { python: /[\\/]/.test(python) ? resolve(expandHome(python)) : python }),
        ...(wheel === undefined ? {} : { wheel: resolve(expandHome(wheel)) }),
      });
      if (json) printJson(made);
      else for (const line of madeLines(made)) print(line);
      return exit.finished;
    });
  });
}

/** How a setup stands, in a line: also where what the store knows of it cannot be read. */
export function standing(each: Setup): string {
  const { setup: name, title, refused, problem, overridden } = each;
  const facts = [setupText(each), overridden === null ? problem : null].filter((fact) => fact !== null);
  const state = refused === null ? facts.join('; ') || 'not set up' : `not here: ${refused}`;
  return `${name}: ${title}; ${state}`;
}

/** What is printed of a setup that was just made. */
function madeLines({ setup: name, backend, installed, overridden, variable }: Setup): string[] {
  if (installed === null) return [`the setup ${name} was removed meanwhile`];
  const { from, device, versions } = installed;
  return [
    `set up ${name} from ${from}: ${device}, ${versionsText(versions)}`,
    overridden === null
      ? `the backend ${backend} computes with it: run --backend ${backend}, or doctor --use ${backend}`
      : `but ${variable}=${overridden} in the environment is used instead; unset it to use what was set up`,
  ];
}

/** What ends the work: a Python that is asked leads a group of its own, which no terminal ends. */
const ending = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Tells the steps on standard error, and ends the work at Ctrl C. */
async function interruptible({ ask, subscribe }: Terminal, work: () => Promise<number>): Promise<number> {
  let interrupted = false;
  let last = '';
  const interrupt = (): void => {
    interrupted = true;
    void ask('setups.cancel', {});
  };
  const unsubscribe = subscribe((event, payload) => {
    if (event !== 'setups.progress') return;
    const { step, share } = payload as SetupProgress;
    if (process.stderr.isTTY) tellInPlace(`${step}${share === null ? '' : `: ${Math.floor(100 * share)} %`}`);
    else if (step !== last) tell(step);
    last = step;
  });
  for (const signal of ending) process.on(signal, interrupt);
  try {
    return await work();
  } catch (error) {
    if (!interrupted) throw error;
    clearPlace();
    tell(error instanceof Error ? error.message : String(error));
    return exit.stopped;
  } finally {
    for (const signal of ending) process.off(signal, interrupt);
    unsubscribe();
    clearPlace();
  }
}
