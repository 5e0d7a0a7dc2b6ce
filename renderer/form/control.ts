/** What every control of the form is given besides its value. */
import type { ExperimentField } from '../../shared/setting-fields.ts';
import type { ControlName } from '../../shared/fields.ts';

/** A field with a kind of control. */
export type FieldOf<C extends ControlName> = ExperimentField & { control: C };

/** Props of every control; the value is its model. */
export interface ControlProps {
  /** Id of the element that the field's label is for. */
  id: string;
  field: ExperimentField;
  /** Whether something is wrong with the value. */
  invalid: boolean;
  /** Ids of the help and of what is wrong. */
  describedBy: string;
}
