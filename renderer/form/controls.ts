/** The controls of the form, by the kind that a field is declared with (shared/fields.ts). */
import type { Component } from 'vue';
import type { ExperimentField } from '../../shared/setting-fields.ts';
import type { ControlName } from '../../shared/fields.ts';
import ChoiceControl from './ChoiceControl.vue';
import DataSetControl from './DataSetControl.vue';
import LengthControl from './LengthControl.vue';
import NumberControl from './NumberControl.vue';
import NumbersControl from './NumbersControl.vue';
import SwitchControl from './SwitchControl.vue';
import TextControl from './TextControl.vue';
import WindowsControl from './WindowsControl.vue';
import WordOrCountControl from './WordOrCountControl.vue';

/** How the form draws a kind of control. */
interface ControlKind {
  /** Draws one value; its props are ControlProps. */
  component: Component;
  /** Whether it takes the whole width under the title. */
  wide?: true;
  /** Whether the values that it is varied by are written in one line, separated by commas. */
  inLine?: true;
  /** Every value that there is, where they are few: one more of a list is the next that is not there. */
  all?: (field: ExperimentField) => readonly unknown[];
  /** Whether a list begins with all of them, instead of the present value. */
  beginsWithAll?: true;
  /** What stands beside one value of a list. */
  said?: (value: unknown) => string;
}

/** Every kind; a forgotten one does not compile. */
export const controls: Readonly<Record<ControlName, ControlKind>> = {
  text: { component: TextControl, wide: true },
  integer: { component: NumberControl, inLine: true },
  number: { component: NumberControl, inLine: true },
  'integer-list': { component: NumbersControl },
  switch: {
    component: SwitchControl,
    all: () => [false, true],
    beginsWithAll: true,
    said: (value) => (value === true ? 'yes' : 'no'),
  },
  choice: {
    component: ChoiceControl,
    wide: true,
    all: (field) => ('choices' in field ? Object.keys(field.choices) : []),
  },
  'data-set': { component: DataSetControl, wide: true },
  length: { component: LengthControl },
  'word-or-count': { component: WordOrCountControl, wide: true },
  windows: { component: WindowsControl, wide: true },
};
