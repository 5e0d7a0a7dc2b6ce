/** The columns of the form. */
import type { FieldGroup } from '../../shared/experiment.ts';

/** What is trained, how it walks, what is measured, in the form's order. */
export const fieldGroups: readonly { id: FieldGroup; title: string }[] = [
  { id: 'what', title: 'What' },
  { id: 'how', title: 'How it walks' },
  { id: 'measured', title: 'What is measured' },
];
