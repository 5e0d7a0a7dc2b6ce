/** The analyses by kind. */
import type { AnalysisRequest, AnalysisResult } from '../../../shared/analyses/index.ts';
import type { Bench } from './analysis.ts';
import { plane } from './plane.ts';
import { trajectory } from './trajectory.ts';
import { valleyFloor } from './valley-floor.ts';

/** Does an analysis. @throws Stopped when asked to stop, ValleywalkError when it cannot be done */
export function analysisOf(request: AnalysisRequest, bench: Bench): Promise<AnalysisResult> {
  switch (request.kind) {
    case 'plane':
      return plane(request.settings, bench);
    case 'trajectory':
      return trajectory(request.settings, bench);
    case 'valley-floor':
      return valleyFloor(request.settings, bench);
  }
}
