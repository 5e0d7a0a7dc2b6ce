/** The analyses of the run on screen: listed, followed while they are computed, their results read when they are shown. */
import { computed, onScopeDispose, reactive, ref, shallowReactive, shallowRef, watch } from 'vue';
import type { ComputedRef, Ref, ShallowRef } from 'vue';
import type { Analysis, AnalysisRecord, AnalysisRequest } from '../../shared/analyses/index.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { formatMoment } from '../ui/format.ts';
import { offerUndo } from '../commands/undo.ts';

/** The analyses of one run. */
export interface AnalysesOfRun {
  /** Newest first. */
  list: ComputedRef<AnalysisRecord[]>;
  /** Iterations whose parameters are kept; null until known. */
  kept: Ref<number[] | null>;
  /** What could not be read or done, in a sentence. */
  state: { error: string | null };
  /** An analysis with its result, once it has been read; asks for it where it has not. */
  result: (record: AnalysisRecord) => Analysis | null;
  /** @throws ValleywalkError with the problems of the settings */
  start: (asked: { kind: AnalysisRequest['kind']; settings: unknown }) => Promise<AnalysisRecord>;
  cancel: (analysis: string) => Promise<void>;
  remove: (analysis: string) => Promise<void>;
}

/** What tells an analysis from others of its kind: its points, where they are few, and when it was asked for. */
export function analysisName({ request: { settings }, created_at }: AnalysisRecord): string {
  const points = 'points' in settings ? settings.points : [];
  const of = points.length > 0 && points.length <= 4 ? `${points.join(', ')} · ` : '';
  return `${of}${formatMoment(created_at)}`;
}

/** The finished analyses of a run, newest first, asked for when the run changes; empty until they are here. */
export function useFinishedAnalyses(run: () => string | undefined): Readonly<ShallowRef<readonly AnalysisRecord[]>> {
  const found = shallowRef<readonly AnalysisRecord[]>([]);
  watch(
    run,
    async (asked) => {
      found.value = [];
      if (asked === undefined) return;
      // a run that is gone has none
      const list = await request('analyses.list', { run: asked }).catch(() => []);
      if (run() === asked) found.value = list.filter(({ status }) => status === 'finished');
    },
    { immediate: true },
  );
  return found;
}

/** Follows the analyses of a run for as long as the view lives. */
export function useAnalyses(run: string, grown: () => unknown): AnalysesOfRun {
  const byId = shallowReactive(new Map<string, AnalysisRecord>());
  const results = shallowReactive(new Map<string, Analysis>());
  const asked = new Set<string>();
  const kept = ref<number[] | null>(null);
  const state = reactive<{ error: string | null }>({ error: null });

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      state.error = null;
    } catch (error) {
      state.error = sentence(error);
    }
  }
  const readKept = (): Promise<void> =>
    attempt(async () => {
      kept.value = await request('analyses.kept', { run });
    });
  const load = (): Promise<void> =>
    attempt(async () => {
      const list = await request('analyses.list', { run });
      const there = new Set(list.map(({ analysis }) => analysis));
      for (const id of byId.keys()) if (!there.has(id)) byId.delete(id);
      for (const record of list) byId.set(record.analysis, record);
      await readKept();
    });
  const offs = [
    onEvent('analysis.changed', (record) => {
      if (record.run === run) byId.set(record.analysis, record);
    }),
    onEvent('analysis.removed', ({ analysis }) => byId.delete(analysis)),
    onConnected(() => void load()),
  ];
  // a run under way keeps more and more
  watch(grown, () => void readKept());
  onScopeDispose(() => {
    for (const off of offs) off();
  });

  return {
    list: computed(() =>
      [...byId.values()].sort(
        (a, b) => b.created_at.localeCompare(a.created_at) || b.analysis.localeCompare(a.analysis),
      ),
    ),
    kept,
    state,
    result({ analysis, status }) {
      const known = results.get(analysis);
      if (known) return known;
      if (status === 'finished' && !asked.has(analysis)) {
        asked.add(analysis);
        void attempt(async () => void results.set(analysis, await request('analyses.get', { analysis })));
      }
      return null;
    },
    async start(what) {
      const record = await request('analyses.start', { run, request: what });
      byId.set(record.analysis, byId.get(record.analysis) ?? record);
      return record;
    },
    cancel: (analysis) => attempt(async () => void byId.set(analysis, await request('analyses.cancel', { analysis }))),
    remove: (analysis) =>
      attempt(async () => {
        await request('analyses.delete', { analysis });
        byId.delete(analysis);
        offerUndo('Deleted the analysis. For an hour it can be brought back.', async () => {
          byId.set(analysis, await request('analyses.restore', { analysis }));
        });
      }),
  };
}
