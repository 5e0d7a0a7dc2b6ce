/** The options of a terminal that choose a machine. */
import { expect, it } from 'vitest';
import { machineChanges, machineChoice } from './machine.ts';

it('without a machine, or on the local one, nothing can be asked: what was meant for another must not start here', () => {
  expect(machineChoice({})).toBeNull();
  expect(machineChoice({ on: 'local' })).toBeNull();
  expect(() => machineChoice({ dryRun: true })).toThrow(
    '--dry-run is for a study on another machine; choose it with --on slurm, or leave it out',
  );
  expect(() => machineChoice({ on: 'local', minutes: '5', sbatch: ['--account=lab'] })).toThrow(
    '--minutes, --sbatch are for a study on another machine; choose it with --on slurm, or leave them out',
  );
  expect(() => machineChoice({ on: 'pbs' })).toThrow('there is no machine "pbs"; there are: local, slurm');
});

it('what is asked of one is as the protocol takes it', () => {
  const flags = { minutes: '5', memory: '900', partition: 'main', sbatch: ['--account=lab'] };
  const options = { minutes: 5, memory: 900, partition: 'main', extra: ['--account=lab'] };
  expect(machineChoice({ on: 'slurm', ...flags })).toEqual({ machine: 'slurm', options });
  expect(machineChanges(flags)).toEqual({ changes: options });
  expect(machineChanges({})).toEqual({});
});
