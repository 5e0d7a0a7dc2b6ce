/** `valleywalk doctor`: what this machine can do and how fast, what is missing, and what to compute with. */
import { measuredNetworks, measuredTitles } from '../../../shared/backends.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { MeasuredSpeed, WorkbenchInfo } from '../../../shared/workbench-info.ts';
import { setupText, versionsText } from '../../../shared/setups.ts';
import { clearPlace, tellInPlace } from '../print.ts';
import { storeCheckLines } from '../../../shared/store-check.ts';
import { checkStore } from '../../workbench/store/check.ts';
import { exit, storeFolder, withWorkbench } from '../session.ts';
import type { StoreOption, Terminal } from '../session.ts';
import type { Declare } from '../declare.ts';

/** Declares `doctor`. */
export function declareDoctor({ command, action }: Declare): void {
  command('doctor', 'tell what this machine can compute with, measure it, and choose')
    .option('--measure', 'measure how fast each backend that can be used is')
    .option(
      '--check-store',
      'check the database and the checksum of every file of the store, writing nothing; exit 1 when damaged',
    )
    .option('--use <name>', 'compute with this backend whenever a run names none')
    .option('--json', 'print JSON')
    .action(action(doctor));
}

/** Options of `doctor`. */
interface DoctorOptions extends StoreOption {
  json?: boolean;
  measure?: boolean;
  use?: string;
  checkStore?: boolean;
}

/**
 * Checks the store and prints what was found; writes nothing into it.
 * @returns the exit code: 1 when it is damaged
 * @throws ValleywalkError `missing` where there is no store
 */
async function checkTheStore(options: DoctorOptions): Promise<number> {
  const check = await checkStore(storeFolder(options));
  console.log(options.json ? JSON.stringify(check) : storeCheckLines(check).join('\n'));
  return check.sound ? exit.finished : exit.failed;
}

/**
 * Chooses and measures where asked to, and prints the workbench, the store and each backend.
 * @returns the exit code: 1 when no backend can compute or one could not be measured, 130 when a measurement was cancelled.
 * @throws ValleywalkError kind `input` when the backend to use cannot be used here.
 */
function doctor(options: DoctorOptions): Promise<number> {
  if (options.checkStore) return checkTheStore(options);
  return withWorkbench(options, async (terminal) => {
    const { ask } = terminal;
    if (options.use !== undefined) await ask('backends.choose', { backend: options.use });
    const code = options.measure ? await measureAll(terminal) : exit.finished;
    const info = await ask('workbench.info', {});
    console.log(options.json ? JSON.stringify(info) : infoText(info));
    return info.backends.some(({ available }) => available) ? code : exit.failed;
  });
}

/** Measures one backend after the other; Ctrl C ends it. */
async function measureAll({ ask, subscribe }: Terminal): Promise<number> {
  const { backends } = await ask('workbench.info', {});
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    void ask('backends.cancel', {});
  };
  const unsubscribe = subscribe((event, payload) => {
    if (event !== 'backends.measuring') return;
    const { backend, progress } = payload as { backend: string; progress: number };
    tellInPlace(`measuring ${backend}: ${Math.round(100 * progress)} %`);
  });
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let code: number = exit.finished;
  try {
    for (const { name, available } of backends) {
      if (!available || interrupted) continue;
      if (!process.stderr.isTTY) console.error(`measuring ${name}`);
      try {
        await ask('backends.measure', { backend: name });
      } catch (error) {
        if (!(error instanceof ValleywalkError)) throw error;
        clearPlace();
        console.error(error.message);
        code = exit.failed;
      }
    }
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    unsubscribe();
    clearPlace();
  }
  return interrupted ? exit.stopped : code;
}

/** What `doctor` prints. */
export function infoText(info: WorkbenchInfo): string {
  const free = info.free_bytes === null ? '' : ` (${(info.free_bytes / 1e9).toFixed(1)} GB free)`;
  return [
    `Valleywalk ${info.version} on ${info.runtime}, ${info.platform}, ${info.cores} cores`,
    `Store: ${info.store}${free}${info.read_only ? ', read-only' : ''}`,
    ...info.backends.flatMap(({ name, title, available, device, versions, reason }) => {
      const setups = setupLines(info, name);
      if (!available) return [`Backend ${name}: not available. ${title}: ${reason ?? 'unknown reason'}`, ...setups];
      const facts = [title, device, versionsText(versions)];
      const chosen = info.backend === name ? ', used when a run names none' : '';
      return [
        `Backend ${name}: available${chosen}. ${facts.filter(Boolean).join(', ')}`,
        ...setups,
        ...speedLines(info.speeds.filter(({ backend }) => backend === name)),
      ];
    }),
    ...(info.speeds.length > 0
      ? []
      : ['Not measured yet: valleywalk doctor --measure tells how fast each one is; --use NAME chooses.']),
  ].join('\n');
}

/** Which setup a backend comes from. */
function setupLines({ setups }: WorkbenchInfo, name: string): string[] {
  return setups.flatMap((setup) => {
    // what is wrong with it the backend's reason says already
    const text = setup.backend === name ? setupText(setup) : null;
    return text === null ? [] : [`  set up ${text}`];
  });
}

/** Four digits and no exponent, however slow or fast. */
const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

function speedLines(speeds: readonly MeasuredSpeed[]): string[] {
  return measuredNetworks.flatMap((network) => {
    const speed = speeds.find((each) => each.network === network);
    if (!speed) return [];
    const { update_ms, examples_per_second, measured_at } = speed;
    return [
      `  ${measuredTitles[network]}: ${plain.format(update_ms)} ms an update of 100 examples, ` +
        `${plain.format(examples_per_second)} examples a second evaluated (${measured_at.slice(0, 10)})`,
    ];
  });
}
