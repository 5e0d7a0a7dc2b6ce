/** Random variants of training images. Evaluation never sees them. */
import type { Examples } from '../../datasets/load.ts';
import type { Generator } from '../random/generator.ts';

/** Writes a variant of an image into another place of the same size. */
export type Augmentation = (image: Float32Array, into: Float32Array) => void;

/** Pixels of black around an image out of which a crop is taken. */
const padding = 4;

/**
 * Random crop and horizontal flip, as the paper's CIFAR runs: the image is padded by {@link padding} pixels of black on every side, one
 * of the crops of its own size is taken, and half of them are mirrored. The padding is black in the image as it was (0 of 255), as
 * PyTorch's RandomCrop before normalisation has it, so after normalisation it is `examples.black`, not 0.
 * Every image takes three numbers off the generator: rows down, columns across, mirrored or not.
 */
export function cropAndFlip({ shape, black }: Pick<Examples, 'shape' | 'black'>, generator: Generator): Augmentation {
  const { channels, height, width } = shape;
  return (image, into) => {
    const down = generator.below(2 * padding + 1) - padding;
    const across = generator.below(2 * padding + 1) - padding;
    const mirrored = generator.below(2) === 1;
    for (let channel = 0, at = 0; channel < channels; channel++)
      for (let row = 0; row < height; row++) {
        const fromRow = row + down;
        const inside = fromRow >= 0 && fromRow < height;
        const start = (channel * height + fromRow) * width;
        for (let column = 0; column < width; column++, at++) {
          const fromColumn = (mirrored ? width - 1 - column : column) + across;
          into[at] = inside && fromColumn >= 0 && fromColumn < width ? image[start + fromColumn]! : black[channel]!;
        }
      }
  };
}
