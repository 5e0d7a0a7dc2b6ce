/** Imported before anything that makes a schema: the window's policy forbids compiling code, so zod must not try. */
import { config } from 'zod';

config({ jitless: true });
