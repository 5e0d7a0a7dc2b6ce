/** A process that opens a store, to be killed meanwhile, for tests. */
import { openStore } from '../store/store.ts';

openStore(process.argv[2]!).close();
