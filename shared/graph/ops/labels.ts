/** Integer class labels: one-hot rows and counting correct answers. Neither passes a gradient. */
import { makeNode, sameShape, shapeText, sizeOf } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';

export const oneHotOperation: Operation<'oneHot', { classes: number }> = {
  name: 'oneHot',
  infer([labels], { classes }) {
    if (labels!.dtype !== 'int' || labels!.shape.length !== 1)
      throw new Error(`oneHot: labels must be a list of integers, got ${labels!.dtype} ${shapeText(labels!.shape)}`);
    return { shape: [labels!.shape[0]!, classes], dtype: 'float' };
  },
  gradient: () => [null],
  cost: null,
  evaluate({ shape, attributes: { classes } }, [labels]) {
    const result = new Float64Array(sizeOf(shape));
    labels!.forEach((label, row) => {
      if (label >= 0 && label < classes) result[row * classes + label] = 1;
    });
    return result;
  },
};

/**
 * One row per label with 1 at the label and 0 elsewhere: labels int [n] → [n, classes]. A label out of range gives zeros.
 * @throws Error when labels are not a list of integers.
 */
export function oneHot(labels: Tensor, classes: number): Tensor {
  return makeNode(oneHotOperation, [labels], { classes });
}

export const correctOperation: Operation<'correct', Record<string, never>> = {
  name: 'correct',
  infer([logits, labels]) {
    if (logits!.shape.length !== 2 || labels!.dtype !== 'int' || !sameShape(labels!.shape, [logits!.shape[0]!]))
      throw new Error(`correct: logits ${shapeText(logits!.shape)} and labels ${shapeText(labels!.shape)} do not fit`);
    return { shape: labels!.shape, dtype: 'float' };
  },
  gradient: () => [null, null],
  cost: null,
  evaluate({ inputs }, [logits, labels]) {
    const width = inputs[0]!.shape[1]!;
    return labels!.map((label, row) => {
      let best = 0;
      for (let column = 1; column < width; column++)
        if (logits![row * width + column]! > logits![row * width + best]!) best = column;
      return best === label ? 1 : 0;
    });
  },
};

/**
 * 1 where the greatest logit (the first of equals) is the label's, else 0: logits [n, classes], labels int [n] → [n].
 * @throws Error when the shapes do not fit.
 */
export function correct(logits: Tensor, labels: Tensor): Tensor {
  return makeNode(correctOperation, [logits, labels], {});
}
