/** How a study is named in the terminal. */
import type { StudyRecord } from '../../shared/study-record.ts';
import { find } from './find.ts';

/** Finds the study that is meant. @throws ValleywalkError kind `missing` when none or several fit, naming those that do */
export function findStudy(studies: readonly StudyRecord[], meant: string): StudyRecord {
  const words = { one: 'study', many: 'studies', list: 'valleywalk studies list' };
  return find(studies, ({ study }) => study, meant, words);
}
