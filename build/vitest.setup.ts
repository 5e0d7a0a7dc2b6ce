/**
 * Limits are for the machine as it is when a file of tests begins, not as it was when the first did. Properties start from one seed, so that a run of the tests can be repeated; VALLEYWALK_FUZZ=1
 * explores others.
 */
import fc from 'fast-check';
import { vi } from 'vitest';
import { seconds } from './machine.ts';

vi.setConfig({ testTimeout: seconds(60), hookTimeout: seconds(60) });

if (process.env['VALLEYWALK_FUZZ'] !== '1') fc.configureGlobal({ seed: 20_261_129 });
