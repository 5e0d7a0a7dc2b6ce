/** Gradients as they are. */
import { defineClipping } from './define.ts';

/** Declares it. */
export const none = defineClipping({ key: 'none', title: 'None', settings: {}, clip: null, work: 0 });
