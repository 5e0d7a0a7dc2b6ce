/** Examples of data sets as pictures, read once for each set while the window is open. */
import { ref, watchEffect } from 'vue';
import type { Ref } from 'vue';
import { className } from '../../shared/datasets.ts';
import { columnText } from '../../shared/targets.ts';
import { formatNumber } from '../../shared/format.ts';
import type { Dataset, DatasetExamples } from '../../shared/datasets.ts';
import { request, sentence } from '../connection/connection.ts';

/** A picture of an example. */
interface ExamplePicture {
  /** Where it stands in the set, counted from 0. */
  place: number;
  /** Its class; null where targets are real numbers. */
  label: number | null;
  /** The class's name, or what is to be predicted. */
  name: string;
  /** An address of the picture, as large as the image. */
  source: string;
}

/** Sets of no more bytes than this are read without being asked for; larger ones take a while. */
const smallBytes = 20_000_000;

/** Whether a set is read in a moment. */
export function isSmall({ count, height, width, channels, normalisation }: Dataset): boolean {
  // a table is text: some eight characters a number
  const bytes = normalisation === null ? 8 : 1;
  return bytes * count * height * width * channels <= smallBytes;
}

const known = new Map<string, Promise<ExamplePicture[]>>();

/** The first examples of each class as pictures. */
async function picturesOf(set: Dataset, perClass: number): Promise<ExamplePicture[]> {
  const key = `${set.checksum} ${set.id} ${perClass}`;
  let pictures = known.get(key);
  if (!pictures) {
    pictures = request('datasets.examples', { id: set.id, perClass }).then((examples) => drawn(examples, set));
    known.set(key, pictures);
    // what could not be read is asked for again
    pictures.catch(() => known.delete(key));
  }
  return pictures;
}

function drawn({ height, width, channels, examples }: DatasetExamples, set: Dataset): ExamplePicture[] {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d')!;
  return examples.flatMap(({ label, place, pixels, targets }) => {
    if (pixels === null) return [];
    context.putImageData(new ImageData(coloursOf(pixels, channels, height * width), width, height), 0, 0);
    const name = label === null ? targetsOf(targets ?? [], set) : className(set, label);
    return [{ label, place, name, source: canvas.toDataURL() }];
  });
}

/** What is to be predicted of an example: `price (€) 3.2, weight 5`. */
function targetsOf(targets: readonly number[], { targetColumns = [] }: Dataset): string {
  return targets
    .map((value, at) => `${targetColumns[at] ? columnText(targetColumns[at]) : ''} ${formatNumber(value)}`)
    .join(', ');
}

/**
 * Bytes of an image as a canvas takes them: red, green, blue and opacity of each pixel.
 * @param pixels [channels, height, width], one channel or three
 * @param size pixels of a channel
 */
export function coloursOf(pixels: Uint8Array, channels: number, size: number): Uint8ClampedArray<ArrayBuffer> {
  const colours = new Uint8ClampedArray(4 * size).fill(255);
  for (let at = 0; at < size; at++)
    for (let colour = 0; colour < 3; colour++)
      colours[4 * at + colour] = pixels[channels === 3 ? colour * size + at : at]!;
  return colours;
}

/**
 * The pictures of a set, read while there is one to read.
 * @param of which set and how many of each class; null for none
 */
export function usePictures(of: () => { set: Dataset; perClass: number } | null): {
  /** Null until they are there. */
  pictures: Ref<ExamplePicture[] | null>;
  error: Ref<string | null>;
} {
  const pictures = ref<ExamplePicture[] | null>(null);
  const error = ref<string | null>(null);
  watchEffect((onCleanup) => {
    const asked = of();
    let overtaken = false;
    onCleanup(() => (overtaken = true));
    pictures.value = null;
    error.value = null;
    if (!asked) return;
    picturesOf(asked.set, asked.perClass).then(
      (found) => {
        if (!overtaken) pictures.value = found;
      },
      (reason: unknown) => {
        if (!overtaken) error.value = sentence(reason);
      },
    );
  });
  return { pictures, error };
}
