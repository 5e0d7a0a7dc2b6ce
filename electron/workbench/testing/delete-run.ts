/** A process that deletes a run for good, to be killed meanwhile, for tests. */
import { openStore } from '../store/store.ts';

const [folder, run] = process.argv.slice(2);
const store = openStore(folder!);
store.delete([run!], true);
await store.finishDeletions();
store.close();
