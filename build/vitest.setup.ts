/** Limits are for the machine as it is when a file of tests begins, and properties start from one seed, so that a run can be repeated. */
import fc from 'fast-check';
import { vi } from 'vitest';
import { exploring, fixedSeed } from './fuzzing/settings.ts';
import { seconds } from './machine.ts';

const day = 86_400_000;
vi.setConfig({ testTimeout: exploring() ? day : seconds(60), hookTimeout: seconds(60) });
fc.configureGlobal({ seed: fixedSeed });
