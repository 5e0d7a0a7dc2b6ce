/** Properties start from one seed, so that a run of the tests can be repeated; VALLEYWALK_FUZZ=1 explores others. */
import fc from 'fast-check';

if (process.env['VALLEYWALK_FUZZ'] !== '1') fc.configureGlobal({ seed: 20_261_129 });
