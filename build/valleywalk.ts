/** `npm run -s valleywalk -- COMMAND`: the terminal from a checkout, built first when stale. */
import { buildIfStale } from './build.ts';

await buildIfStale();
await import(new URL('../dist/node/valleywalk.js', import.meta.url).href);
