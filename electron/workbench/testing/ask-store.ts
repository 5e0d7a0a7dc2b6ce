/** A process that opens a store, makes requests and tells the answers: a workbench of another user, for tests. */
import { ValleywalkError } from '../../../shared/errors.ts';
import { openTest } from './open.ts';

const [folder, requests] = process.argv.slice(2);
const notices: string[] = [];
const answers: unknown[] = [];
const reported = (error: unknown): unknown =>
  error instanceof ValleywalkError ? { kind: error.kind, message: error.message } : { message: String(error) };
try {
  const workbench = openTest(folder!, { notice: (message) => notices.push(message) });
  for (const [name, parameters] of JSON.parse(requests!) as [string, unknown][])
    answers.push(await workbench.handle(name, parameters).catch(reported));
  await workbench.close();
} catch (error) {
  answers.push(reported(error));
}
process.stdout.write(JSON.stringify({ notices, answers }));
