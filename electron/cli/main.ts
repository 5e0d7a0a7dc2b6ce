/** The terminal's entry: `valleywalk COMMAND`. The contract (commands, options, exit codes, JSON) is stable. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { format } from 'node:util';
import { Command, CommanderError } from 'commander';
import { experimentFields, fieldsOf } from '../../shared/experiment.ts';
import { figureFormats } from '../../shared/figures/request.ts';
import { exportFormats } from '../../shared/protocol.ts';
import { filterFields } from '../../shared/runs/filter.ts';
import { visibleLines } from '../../shared/visible.ts';
import { programPlaces } from '../files/program.ts';
import { claims } from './commands/claims.ts';
import { analysisKindNames, analysisKinds } from '../../shared/analyses/index.ts';
import { analyse, listAnalyses } from './commands/analyse.ts';
import { addData, listData, removeData } from './commands/data.ts';
import { doctor } from './commands/doctor.ts';
import { drawFigure } from './commands/figure.ts';
import { importFolder, resume, run } from './commands/run.ts';
import {
  archive,
  baseline,
  exportRuns,
  list,
  note,
  pause,
  remove,
  rename,
  restore,
  show,
  tag,
} from './commands/runs.ts';
import type { JsonOption } from './commands/runs.ts';
import { serveCommand } from './commands/serve.ts';
import {
  deleteStudy,
  extendStudy,
  haltStudy,
  listStudies,
  renameStudy,
  resumeStudy,
  showStudy,
} from './commands/studies.ts';
import { printText, tellText } from './print.ts';
import { exit, report } from './session.ts';

/** What `run --help` says below the options: presets and settings, read from where they are declared. */
function runHelp(): string {
  const presets = readdirSync(join(programPlaces().resources, 'presets')).map((file) => basename(file, '.json'));
  const settings = experimentFields().map(({ path, default: value }) => `  ${path}=${JSON.stringify(value)}`);
  return `\nPresets: ${presets.join(', ')}\n\nSettings and their defaults:\n${settings.join('\n')}`;
}

/** What `analyse --help` says below the options: the kinds and their settings. */
function analyseHelp(): string {
  const kinds = analysisKindNames.map((kind) => {
    const { help, settings } = analysisKinds[kind];
    const fields = fieldsOf(settings).map(({ path, default: value }) => `    ${path}=${JSON.stringify(value)}`);
    return [`  ${kind}: ${help}`, ...fields].join('\n');
  });
  return `\nKinds, with their settings and defaults:\n${kinds.join('\n')}`;
}

/** What `list --help` says below the options: the fields of a filter, from where they are declared. */
function filterHelp(): string {
  const fields = filterFields().map(
    ({ name, title, choices }) => `  ${name.padEnd(26)} ${title}${choices.length > 0 ? `: ${choices.join(', ')}` : ''}`,
  );
  return `\nFields of a filter (=, !=, <, <=, >, >=, ~ contains, in (a, b), and, or, not):\n${fields.join('\n')}`;
}

/** Collects the values of an option that may be given several times. */
const several = (value: string, all: string[] = []): string[] => [...all, value];

/** Parses the arguments, runs the command and returns its exit code. */
async function main(argumentList: string[]): Promise<number> {
  let code: number = exit.finished;
  const after =
    <A extends unknown[]>(command: (...given: A) => Promise<number>) =>
    async (...given: A): Promise<void> => {
      code = await command(...given);
    };
  const program = new Command('valleywalk')
    .description('See how SGD walks through the loss surface of a network.')
    .version(programPlaces().version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(visibleLines(text)),
      writeErr: (text) => process.stderr.write(visibleLines(text)),
    })
    .showHelpAfterError('(valleywalk --help shows the commands)');
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).option('--store <folder>', "run store (default: the user's own)");

  command('run <experiment>', 'run an experiment or a study (a JSON file or a preset) and store it')
    .option('--backend <name>', 'compute backend, see doctor')
    .option(
      '--set <path=value>',
      'change a setting, as in optimizer.learningRate=0.1; sweep.optimizer.learningRate=[0.1,0.5] and seeds=3 make a study; repeatable',
      several,
    )
    .option('--yes', 'start a study of more than 200 runs without asking')
    .option('--json', 'print one JSON object a line on standard output')
    .addHelpText('after', runHelp)
    .action(after(run));
  command('import <folder>', 'import a trajectory trained elsewhere (a folder with trajectory.json) and walk along it')
    .option('--backend <name>', 'compute backend, see doctor')
    .option('--json', 'print one JSON object a line on standard output')
    .action(after(importFolder));
  command('resume <run>', 'go on with a paused, stopped, failed or interrupted run from its newest checkpoint')
    .option('--json', 'print one JSON object a line on standard output')
    .action(after(resume));
  command('pause <run>', 'have a run write a checkpoint and give its place up, whoever runs it')
    .option('--json', 'print JSON')
    .action(after(pause));
  command('list', 'list the runs')
    .option('--filter <text>', "which ones, as in 'batchSize >= 500 and tag = paper'; see docs/comparing.md")
    .option('--archived', 'the archived ones too')
    .option('--deleted', 'those deleted within the last hour, which can be restored')
    .option('--json', 'print JSON')
    .addHelpText('after', filterHelp)
    .action(after(list));
  command('show <run>', 'show one run').option('--json', 'print JSON').action(after(show));
  command('tag <run...>', 'add tags to runs, or remove them')
    .option('--add <tag>', 'a tag to add; repeatable', several)
    .option('--remove <tag>', 'a tag to remove; repeatable', several)
    .action(after(tag));
  command('note <run> [text]', 'write what is noted about a run; without a text, print it').action(after(note));
  command('rename <run> <name>', 'rename a run').action(after(rename));
  command('archive <run...>', 'put runs away: lists leave them out')
    .option('--undo', 'take them out again')
    .action(after(archive));
  command('baseline [run]', 'pin the run that differences are taken to; without a run, print it')
    .option('--none', 'take the pin away')
    .action(after(baseline));
  command('delete <run...>', 'delete runs with their records and files; for an hour, restore brings them back')
    .option('--for-good', 'at once, never to be restored')
    .action(after(remove));
  command('restore <run...>', 'bring deleted runs back').action(after(restore));
  command('export <run...>', 'export runs as files')
    .requiredOption('--out <folder>', 'where to write')
    .option('--format <list>', exportFormats.join(', '), 'svg,csv,json,safetensors')
    .action(after(exportRuns));
  command('figure <recipe>', 'draw a figure from its recipe: JSON, or an SVG, PNG or PDF made here')
    .requiredOption(
      '--out <file>',
      `file to write, ending in ${figureFormats.map((format) => `.${format}`).join(', ')}`,
    )
    .option('--dpi <number>', 'pixels per inch of a PNG', '300')
    .action(after(drawFigure));
  command('claims [run...]', "judge the paper's claims C1 to C7 on runs, or on those of a study")
    .option('--study <study>', 'all runs of a study, by its id or name')
    .option('--json', 'print JSON')
    .option('--csv', 'print CSV, one line a statistic')
    .option('--markdown', 'print Markdown')
    .action(after(claims));
  command('analyse <run> <kind>', "compute on a run's kept parameters and store what is found")
    .option('--set <path=value>', 'change a setting, as in resolution=31; repeatable', several)
    .option('--json', 'print JSON')
    .addHelpText('after', analyseHelp)
    .action(after(analyse));
  command('analyses <run>', 'list the analyses of a run').option('--json', 'print JSON').action(after(listAnalyses));
  command('serve', 'serve the window to a browser')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '0')
    .action(after(serveCommand));
  command('doctor', 'tell what this machine can compute with, measure it, and choose')
    .option('--measure', 'measure how fast each backend that can be used is')
    .option(
      '--check-store',
      'check the database and the checksum of every file of the store, writing nothing; exit 1 when damaged',
    )
    .option('--use <name>', 'compute with this backend whenever a run names none')
    .option('--json', 'print JSON')
    .action(after(doctor));
  const studies = program.command('studies').description('list, resume, extend and delete studies');
  const studyCommand = (name: string, description: string): Command =>
    studies
      .command(name)
      .description(description)
      .option('--store <folder>', "run store (default: the user's own)")
      .option('--json', 'print JSON');
  studyCommand('list', 'list the studies').action(after(listStudies));
  studyCommand('show <study>', 'show one study with its runs').action(after(showStudy));
  studyCommand('pause <study>', 'pause its runs, also those of a window or another terminal').action(
    after((study: string, options: JsonOption) => haltStudy(study, 'pause', options)),
  );
  studyCommand('stop <study>', 'stop its runs; they can be resumed').action(
    after((study: string, options: JsonOption) => haltStudy(study, 'stop', options)),
  );
  studyCommand('resume <study>', 'go on in this terminal with what was stopped, and try again what failed').action(
    after(resumeStudy),
  );
  studyCommand('extend <study>', 'add seeds and values, and run what is new')
    .option('--seeds <list>', 'more seeds as [4,5], or how many more')
    .option('--add <path=list>', 'more values, as in optimizer.learningRate=[0.2,0.3]; repeatable', several)
    .option('--yes', 'add more than 200 runs without asking')
    .action(after(extendStudy));
  studyCommand('rename <study> <name>', 'give it another name').action(after(renameStudy));
  studyCommand('delete <study>', 'delete it with its runs')
    .option('--keep-runs', 'keep its runs as runs of their own')
    .action(after(deleteStudy));
  const data = program.command('data').description('list, add and remove data sets');
  const dataCommand = (name: string, description: string): Command =>
    data.command(name).description(description).option('--store <folder>', "run store (default: the user's own)");
  dataCommand('list', 'list the data sets').option('--json', 'print JSON').action(after(listData));
  dataCommand(
    'add <folder>',
    'add a folder: IDX files (MNIST, gzipped or not), CIFAR-10/100 binary, or class folders of PNG/JPEG images; docs/data.md lists what is read',
  )
    .option('--title <text>', 'how the set is called')
    .option('--json', 'print JSON')
    .action(after(addData));
  dataCommand('remove <set>', 'forget an added data set').action(after(removeData));

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
