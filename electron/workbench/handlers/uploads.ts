/** Requests that bring files from a window. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Uploads } from '../import/uploads.ts';

/** Handlers of `uploads.*`. */
export function uploadHandlers(uploads: Uploads): Pick<Handlers, Extract<keyof Handlers, `uploads.${string}`>> {
  return {
    'uploads.begin': ({ name }) => uploads.begin(name),
    'uploads.write': ({ upload, name, at, bytes }) => {
      uploads.write(upload, name, at, bytes);
      return {};
    },
    'uploads.end': ({ upload }) => {
      uploads.end(upload);
      return {};
    },
  };
}
