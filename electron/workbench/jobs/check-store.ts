/** The check of the store as a background job: the database and the checksum of every file. */
import { storeCheckLines } from '../../../shared/store-check.ts';
import { checkInThread } from '../store/check-thread.ts';
import { backgroundJob } from './background.ts';

/** The kind. */
export const openStoreChecks = backgroundJob({
  title: 'Check the store',
  help: 'Compares the database and every file with what was written; nothing is changed, and runs go on meanwhile.',
  work: async ({ folder }, how) => {
    const check = await checkInThread(folder, how);
    return { lines: storeCheckLines(check), warning: !check.sound };
  },
});
