/** The terminal's entry: `valleywalk COMMAND`. The contract (commands, options, exit codes, JSON) is stable. */
import { format } from 'node:util';
import { Command, CommanderError } from 'commander';
import { visibleLines } from '../../shared/visible.ts';
import { programPlaces } from '../files/program.ts';
import { commands } from './commands/index.ts';
import { declareUnder } from './declare.ts';
import { printText, tellText } from './print.ts';
import { exit, report } from './session.ts';

/** Parses the arguments, runs the command and returns its exit code. */
async function main(argumentList: string[]): Promise<number> {
  let code: number = exit.finished;
  const program = new Command('valleywalk')
    .description('See how SGD walks through the loss surface of a network.')
    .version(programPlaces().version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(visibleLines(text)),
      writeErr: (text) => process.stderr.write(visibleLines(text)),
    })
    .showHelpAfterError('(valleywalk --help shows the commands)');
  const declare = declareUnder(program, (ended) => (code = ended));
  for (const declareIn of commands) declareIn(declare);

  try {
    await program.parseAsync(argumentList, { from: 'user' });
    return code;
  } catch (error) {
    // commander has printed its own message: 0 for help and version, else bad input
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.finished : exit.badInput;
    return report(error);
  }
}

// what libraries and other rooms say by the console goes the same way
console.log = console.info = (...words: unknown[]) => printText(format(...words));
console.error = console.warn = (...words: unknown[]) => tellText(format(...words));

// a reader that leaves (valleywalk list | head) is no error; `run` notices by itself and stops
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
// a word beside the work that a full disk does not take must not end the work
process.stderr.on('error', () => undefined);
process.exitCode = await main(process.argv.slice(2));
