/** `valleywalk serve`: the window in a browser. */
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { programPlaces } from '../../files/program.ts';
import { offerSignIn, serve } from '../../server/server.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';
import type { Declare } from '../declare.ts';

/** Declares `serve`. */
export function declareServe({ command, action }: Declare): void {
  command('serve', 'serve the window to a browser')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '0')
    .action(action(serveCommand));
}

/** Options of `serve`. */
interface ServeOptions extends StoreOption {
  host: string;
  port: string;
}

/**
 * Serves until Ctrl C, which stops the runs and keeps their records.
 * @throws ValleywalkError kind `input` for an address that cannot be used.
 */
function serveCommand(options: ServeOptions): Promise<number> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new ValleywalkError('input', `--port must be a whole number from 0 to 65535; it is "${options.port}"`);
  return withWorkbench(options, async ({ workbench, store }) => {
    const server = await serve(workbench, { renderer: programPlaces().renderer, host: options.host, port });
    if (!isLoopback(options.host))
      console.error(
        `valleywalk: ${options.host} can be reached by other machines, over plain HTTP; prefer the default and an SSH tunnel`,
      );
    // listened for before anybody is told of it
    const interruption = interrupted();
    let end = (): void => undefined;
    try {
      end = offerSignIn(server, {
        folder: join(store, 'server'),
        terminal: process.stdout.isTTY,
        print: (line) => console.log(line),
        tell: (line) => console.error(`valleywalk: ${line}`),
      });
      await interruption;
    } finally {
      // a server that listens keeps the process for ever
      end();
      await server.close();
    }
    return exit.finished;
  });
}

/** Waits for Ctrl C. Closing takes a moment; only one more, a second or later, ends at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const interrupt = (): void => {
      first ??= performance.now();
      if (performance.now() - first > 1000) process.exit(exit.stopped);
      resolve();
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
