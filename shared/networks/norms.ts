/** The two ways to normalise a batch: by its own statistics, in training, and by given ones, in evaluation. */
import { ValleywalkError } from '../errors.ts';
import { batchNorm, givenNorm, scale } from '../graph/ops/index.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Normalise, TensorsByName } from './model.ts';

/** Normalises by running statistics, which are among the tensors as `<layer>.running_mean` and `<layer>.running_var`. */
export function byRunningStatistics(tensors: TensorsByName): Normalise {
  return (x, layer) =>
    givenNorm(x, tensors[`${layer}.weight`]!, tensors[`${layer}.bias`]!, {
      mean: tensors[`${layer}.running_mean`]!,
      variance: tensors[`${layer}.running_var`]!,
    });
}

/**
 * Normalises by the batch's own statistics and notes what a running average of them takes, under the running statistics'
 * names: the mean, and the variance with n − 1 in the denominator, as PyTorch does.
 * @returns `normalise`, which as PyTorch throws a ValleywalkError of kind `input` where a channel has one value only
 */
export function byBatchStatistics(tensors: TensorsByName): {
  normalise: Normalise;
  statistics: Record<string, Tensor>;
} {
  const statistics: Record<string, Tensor> = {};
  return {
    statistics,
    normalise(x, layer) {
      const count = sizeOf(x.shape) / x.shape[1]!;
      if (count < 2)
        throw new ValleywalkError(
          'input',
          `batch norm ${layer} cannot normalise a batch by its own statistics: it has one value a channel, and one value has no variance; take more examples at a time, or a network without batch norm`,
        );
      const { result, mean, variance } = batchNorm(x, tensors[`${layer}.weight`]!, tensors[`${layer}.bias`]!);
      statistics[`${layer}.running_mean`] = mean;
      statistics[`${layer}.running_var`] = scale(variance, count / (count - 1));
      return result;
    },
  };
}
