/** The analyses by kind. To add one: its file, and its line in the table. */
import type { AnalysisKind, AnalysisRequest, AnalysisResult } from '../../../shared/analyses/index.ts';
import type { Bench } from './analysis.ts';
import { plane } from './plane.ts';
import { spectralDensity } from './spectral-density.ts';
import { trajectory } from './trajectory.ts';
import { valleyFloor } from './valley-floor.ts';

type SettingsOf<K extends AnalysisKind> = Extract<AnalysisRequest, { kind: K }>['settings'];
type ResultOf<K extends AnalysisKind> = Extract<AnalysisResult, { kind: K }>;

/** What computes each kind. */
const analyses: { readonly [K in AnalysisKind]: (settings: SettingsOf<K>, bench: Bench) => Promise<ResultOf<K>> } = {
  plane,
  trajectory,
  'valley-floor': valleyFloor,
  'spectral-density': spectralDensity,
};

/** Does an analysis. @throws Stopped when asked to stop, ValleywalkError when it cannot be done */
export function analysisOf({ kind, settings }: AnalysisRequest, bench: Bench): Promise<AnalysisResult> {
  // the settings are those of the kind, which a table by kind cannot say
  const analyse = analyses[kind] as (settings: never, bench: Bench) => Promise<AnalysisResult>;
  return analyse(settings as never, bench);
}
