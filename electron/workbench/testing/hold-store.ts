/** A process that opens a store, starts a run in it and appends what it is told to: another workbench, for tests. */
import { experimentSchema } from '../../../shared/experiment.ts';
import { openStore } from '../store/store.ts';
import { batchOf } from './batches.ts';

const [folder] = process.argv.slice(2);
const store = openStore(folder!);
const { record } = store.create({
  experiment: experimentSchema.parse({ name: 'elsewhere' }),
  iterationsTotal: 60,
  parameters: 12,
  backend: 'cpu',
});
store.runs.change(record.run, { status: 'running', started_at: new Date().toISOString() });
let next = 0;
process.on('message', (message: { append?: number; finish?: true }) => {
  if (message.append !== undefined) {
    const batch = batchOf(next, message.append);
    next += message.append;
    store.transaction(() => store.records.append(store.runs.key(record.run), batch));
    store.runs.change(record.run, { iterations_done: next });
  }
  if (message.finish) {
    store.runs.change(record.run, { status: 'finished', finished_at: new Date().toISOString(), owner: null });
    store.close();
  }
  process.send!({ done: true, stopRequested: message.finish ? null : store.runs.get(record.run).stopRequested });
});
process.send!({ run: record.run });
