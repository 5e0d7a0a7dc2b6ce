/** The workbench process as the desktop sees it: started on demand, windows connected to it, closed in good order. */
import { MessageChannelMain, utilityProcess } from 'electron';
import type { MessagePortMain, UtilityProcess, WebContents } from 'electron';
import { channels } from '../../shared/bridge.ts';
import { afterAwake, countSilence } from '../../shared/silence.ts';
import { cleanEnvironment } from '../processes/environment.ts';
import { nodeFork } from '../processes/node.ts';
import { workbenchToHostSchema } from '../workbench/host-messages.ts';
import type { HostMessage, WorkbenchToHost } from '../workbench/host-messages.ts';
import type { Runtime } from './runtime.ts';
import { forkUtility, killAtOnce } from './utility.ts';

/** What the workbench process needs to start. */
export interface WorkbenchProcessOptions {
  runtime: Runtime;
  /** Entry of the workbench and of the trainer, absolute paths outside any archive. */
  workbench: string;
  trainer: string;
  store: string;
  resources: string;
  version: string;
  /** Told once a second for how many seconds the process has not answered, and null when it answers again or is gone. */
  silent: (seconds: number | null) => void;
  /** Told what the opening of the store says when it takes long, and null when it is over. */
  opening: (message: string | null) => void;
}

/** Milliseconds without an answer until that is told: a long query blocks the process for some seconds. */
const longestSilence = 10_000;

/** Said of an opening that has said nothing itself for so long. */
const openingSentence = 'opening the store; a large one takes minutes where it is brought up to date';

/** The link to a running workbench process, whatever its runtime. */
interface Link {
  post(message: HostMessage, ports?: MessagePortMain[]): void;
  /** True when ports can be sent. */
  ports: boolean;
  kill(): void;
}

/** Starts, connects and closes the workbench process. */
export class WorkbenchProcess {
  readonly #options: WorkbenchProcessOptions;
  #link: Promise<Link> | null = null;
  #clients = new Map<number, MessagePortMain>();
  #trainers = new Map<number, { kill(): void }>();
  #nextClient = 0;
  /** Ends the process that runs. */
  #kill = (): void => undefined;
  #closed = (): void => undefined;
  /** Whether the process is known not to answer. */
  #silent = false;
  /** What the opening of the store says; null when it has nothing to say or is over. */
  #opening: string | null = null;
  /** Runs that are queued or running. */
  busy = 0;

  constructor(options: WorkbenchProcessOptions) {
    this.#options = options;
  }

  /**
   * Gives a window a port to the workbench, starting it when it does not run.
   * The window gets a sentence instead when the workbench cannot start.
   */
  async connect(contents: WebContents): Promise<void> {
    const answer = (error: string | null, ports: MessagePortMain[]): void => {
      // the window may have been closed while the workbench started
      if (!contents.isDestroyed()) contents.postMessage(channels.port, error, ports);
    };
    try {
      this.#link ??= this.#start();
      // to a window that has just come
      if (this.#opening !== null) this.#options.opening(this.#opening);
      const link = await this.#link;
      const client = this.#nextClient++;
      const { port1, port2 } = new MessageChannelMain();
      if (link.ports) link.post({ type: 'client', client }, [port2]);
      else this.#relay(link, client, port2);
      answer(null, [port1]);
    } catch (error) {
      answer(error instanceof Error ? error.message : String(error), []);
    }
  }

  /** Ends the process at once. Windows notice, connect again and so start a new one; runs are interrupted and can be resumed. */
  restart(): void {
    this.#kill();
  }

  /** Stops the runs, closes the store and ends the process; one that does not answer, or not within 20 seconds, is ended at once. */
  async close(): Promise<void> {
    if (this.#silent) this.#kill();
    const attempt = this.#link;
    if (!attempt) return;
    await new Promise<void>((resolve) => {
      // one that still opens its store hears nothing; what it has begun there is undone when the store is opened next
      const cancelTimeout = afterAwake(20_000, () => {
        this.#kill();
        resolve();
      });
      this.#closed = (): void => {
        cancelTimeout();
        resolve();
      };
      attempt.then((link) => link.post({ type: 'close' }), this.#closed);
    });
  }

  #start(): Promise<Link> {
    const attempt = new Promise<Link>((resolve, reject) => {
      const { runtime } = this.#options;
      const tell = (seconds: number | null): void => {
        if (seconds === null && !this.#silent) return;
        this.#silent = seconds !== null;
        this.#options.silent(seconds);
      };
      const opening = (message: string | null): void => {
        if (this.#opening === message) return;
        this.#opening = message;
        this.#options.opening(message);
      };
      let opens = true;
      const silence = countSilence({
        tell: (milliseconds) => {
          if (opens) {
            // it answers nothing until it is done, and ending it would undo what it does
            if (milliseconds >= longestSilence) opening(this.#opening ?? openingSentence);
            return;
          }
          link.post({ type: 'ping' });
          tell(milliseconds >= longestSilence ? milliseconds / 1000 : null);
        },
      });
      const receive = (raw: unknown): void => {
        silence.heard();
        tell(null);
        const message = workbenchToHostSchema.parse(raw);
        if (message.type === 'notice') {
          console.error(`valleywalk: ${message.message}`);
          if (opens) opening(message.message);
        } else if (message.type === 'opened') {
          opens = false;
          opening(null);
          resolve(link);
        } else if (message.type === 'failed') {
          opens = false;
          opening(null);
          forget();
          reject(new Error(message.message));
          link.kill();
        } else this.#receive(link, message);
      };
      // a later attempt's process is none of this one's business
      const forget = (): boolean => {
        if (this.#link !== attempt) return false;
        this.#link = null;
        return true;
      };
      const gone = (stderr: string): void => {
        silence.close();
        tell(null);
        if (opens) opening(null);
        reject(new Error(`The workbench process ended before it was ready. ${stderr}`.trim()));
        if (!forget()) return;
        this.busy = 0;
        for (const port of this.#clients.values()) port.close();
        this.#clients.clear();
        for (const trainer of this.#trainers.values()) trainer.kill();
        this.#kill = (): void => undefined;
        this.#closed();
      };
      const link: Link =
        runtime.kind === 'node' ? this.#startNode(runtime.node, receive, gone) : this.#startUtility(receive, gone);
      this.#kill = (): void => link.kill();
      link.post({
        type: 'open',
        store: this.#options.store,
        resources: this.#options.resources,
        version: this.#options.version,
        runtime: `Electron ${process.versions['electron']}`,
        trainer: link.ports ? null : this.#options.trainer,
      });
    });
    return attempt;
  }

  #startNode(node: string, receive: (message: unknown) => void, gone: (stderr: string) => void): Link {
    const child = nodeFork(this.#options.workbench, { node })();
    child.onMessage(receive);
    child.onExit(() => gone(child.stderr()));
    return { ports: false, post: (message) => child.send(message), kill: () => child.kill() };
  }

  #startUtility(receive: (message: unknown) => void, gone: (stderr: string) => void): Link {
    const child: UtilityProcess = utilityProcess.fork(this.#options.workbench, [], {
      serviceName: 'Valleywalk workbench',
      env: cleanEnvironment(process.env),
    });
    child.on('message', receive);
    child.on('exit', () => gone(''));
    return { ports: true, post: (message, ports) => child.postMessage(message, ports), kill: () => killAtOnce(child) };
  }

  #receive(link: Link, message: WorkbenchToHost): void {
    if (message.type === 'client-message') this.#clients.get(message.client)?.postMessage(message.message);
    else if (message.type === 'busy') this.busy = message.runs;
    else if (message.type === 'fork-trainer') this.#forkTrainer(link, message.trainer, message.environment);
    else if (message.type === 'kill-trainer') this.#trainers.get(message.trainer)?.kill();
    else if (message.type === 'closed') this.#closed();
  }

  #relay(link: Link, client: number, port: MessagePortMain): void {
    this.#clients.set(client, port);
    link.post({ type: 'client', client });
    port.on('message', ({ data }) => link.post({ type: 'client-message', client, message: data as unknown }));
    port.on('close', () => {
      this.#clients.delete(client);
      link.post({ type: 'client-closed', client });
    });
    port.start();
  }

  #forkTrainer(link: Link, trainer: number, environment: Readonly<Record<string, string>>): void {
    forkUtility(
      this.#options.trainer,
      'Valleywalk trainer',
      environment,
      (child) => {
        this.#trainers.set(trainer, child);
        link.post({ type: 'trainer', trainer, pid: child.pid }, [child.port]);
      },
      () => link.post({ type: 'trainer-pulse', trainer }),
      (code, stderr) => {
        this.#trainers.delete(trainer);
        link.post({ type: 'trainer-exit', trainer, code, stderr });
      },
    );
  }
}
