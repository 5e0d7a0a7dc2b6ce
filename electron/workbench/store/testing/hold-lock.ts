/** A process that holds the write lock of a database until it is told to let go: another program that writes for long, for tests. */
import { once } from 'node:events';
import Sqlite from 'better-sqlite3';

const sqlite = new Sqlite(process.argv[2]);
sqlite.exec('BEGIN IMMEDIATE');
process.send!('held');
await once(process, 'message');
sqlite.exec('COMMIT');
sqlite.close();
process.send!('free');
process.disconnect();
