/** Requests about background jobs, of whichever kind. */
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';
import { isBackground } from '../jobs/background.ts';
import type { BackgroundJobs } from '../jobs/background.ts';

/** Handlers of `jobs.*`. */
export function jobHandlers({ jobs }: Context): Pick<Handlers, Extract<keyof Handlers, `jobs.${string}`>> {
  const kinds = Object.entries(jobs).flatMap(([kind, service]): [string, BackgroundJobs][] =>
    isBackground(service) ? [[kind, service]] : [],
  );
  const list = (): ReturnType<BackgroundJobs['list']> => kinds.flatMap(([, service]) => service.list());
  return {
    'jobs.kinds': () => kinds.map(([kind, { title, help }]) => ({ kind, title, help })),
    'jobs.list': list,
    'jobs.start': ({ kind }) => {
      const known = kinds.find(([name]) => name === kind);
      if (known) return known[1].start();
      throw new ValleywalkError(
        'input',
        `there is no kind of background job "${kind}"; there are: ${kinds.map(([name]) => name).join(', ')}`,
      );
    },
    'jobs.cancel': ({ job }) => {
      const owner = kinds.find(([, service]) => service.list().some((record) => record.job === job));
      if (owner) return owner[1].cancel(job);
      throw new ValleywalkError('missing', `there is no background job ${job}`);
    },
  };
}
