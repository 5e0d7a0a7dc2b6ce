/** `valleywalk doctor`: what this machine can do, and what is missing. */
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';

/** Prints the workbench, the store and each backend. Exit 1 when no backend can compute. */
export function doctor(options: StoreOption & { json?: boolean }): Promise<number> {
  return withWorkbench(options, async ({ ask }) => {
    const info = await ask('workbench.info', {});
    if (options.json) console.log(JSON.stringify(info));
    else {
      console.log(`Valleywalk ${info.version} on ${info.runtime}, ${info.platform}, ${info.cores} cores`);
      const free = info.free_bytes === null ? '' : ` (${(info.free_bytes / 1e9).toFixed(1)} GB free)`;
      console.log(`Store: ${info.store}${free}`);
      for (const backend of info.backends) {
        const versions = Object.entries(backend.versions).map(([name, version]) => `${name} ${version}`);
        console.log(
          backend.available
            ? `Backend ${backend.name}: ${[backend.title, backend.device, ...versions].filter(Boolean).join(', ')}`
            : `Backend ${backend.name}: not available. ${backend.reason ?? ''}`,
        );
      }
    }
    return info.backends.some(({ available }) => available) ? exit.finished : exit.failed;
  });
}
