/** The commands of the terminal, in the order in which help lists them. */
import type { Declare } from '../declare.ts';
import { declareAnalyse } from './analyse.ts';
import { declareClaims } from './claims.ts';
import { declareData } from './data.ts';
import { declareDoctor } from './doctor.ts';
import { declareFigure } from './figure.ts';
import { declareMachineTask } from './machine-task.ts';
import { declareRun } from './run.ts';
import { declareRuns } from './runs.ts';
import { declareServe } from './serve.ts';
import { declareSetup } from './setup.ts';
import { declareStudies } from './studies.ts';

/** Each file declares its own commands. */
export const commands: readonly ((declare: Declare) => void)[] = [
  declareRun,
  declareRuns,
  declareFigure,
  declareClaims,
  declareAnalyse,
  declareServe,
  declareDoctor,
  declareSetup,
  declareStudies,
  declareData,
  declareMachineTask,
];
