/** Data sets as the workbench lists them and a trainer opens them. */
import { z } from 'zod';
import { columnSchema, columnText } from './targets.ts';
import type { TargetKind } from './targets.ts';

/** What a window is told of a data format; electron/datasets/formats/ declares them. */
export const dataFormatSchema = z.strictObject({
  /** As {@link Dataset.format} names it. */
  key: z.string(),
  title: z.string(),
  /** What a folder of it holds, with files' names in backquotes. */
  holds: z.string(),
  /** A sentence about a set of it that was added before {@link Dataset.reading} was kept, where it would be read otherwise now. */
  before: z.string().nullable(),
  /** Whether columns of it can be named as targets when a set is added. */
  namesTargets: z.boolean(),
});
/** Title and words of a data format. */
export type DataFormatWords = z.output<typeof dataFormatSchema>;

/** Extensions of files that are data sets by themselves: tables, and archives of NumPy's arrays. */
export const aloneExtensions = ['csv', 'tsv', 'npz'] as const;

/** How pixels become numbers: (x/255 − mean) / std with one mean and one standard deviation per channel. */
export const normalisationSchema = z.strictObject({
  mean: z.array(z.number()).min(1),
  std: z.array(z.number().positive()).min(1),
});
/** Means and standard deviations by channel. */
export type Normalisation = z.output<typeof normalisationSchema>;

/** What lies in a data set's folder and is not part of it, for one reason. */
const leftOutSchema = z.strictObject({
  /** In words that follow a count and a colon. */
  reason: z.string(),
  count: z.int().min(1),
  /** The first of them, by their paths in the folder. */
  names: z.array(z.string()),
});
/** What was left out for one reason. */
export type LeftOut = z.output<typeof leftOutSchema>;

/** How a data set's files were read when it was added. */
const readingSchema = z.strictObject({
  /** What a reader should know, in sentences, such as that images were turned upright. */
  notes: z.array(z.string()),
  leftOut: z.array(leftOutSchema),
});
/** How a data set's files were read. */
export type Reading = z.output<typeof readingSchema>;

/** What is told of how a data set was read: its notes, then one sentence for each reason why something was left out. */
export function readingText({ notes, leftOut }: Reading): string[] {
  return [
    ...notes,
    ...leftOut.map(
      ({ reason, count, names }) =>
        `${count.toLocaleString('en')} not read (${reason}): ${names.join(', ')}${count > names.length ? ` and ${(count - names.length).toLocaleString('en')} more` : ''}`,
    ),
  ];
}

/**
 * A data set on disk. Of its `count` examples, the first n train and the last m validate, as an experiment asks. Images are
 * [channels, height, width] in row-major order.
 */
export const datasetSchema = z.strictObject({
  /** Name in experiments: lower case, digits and hyphens. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use lower-case letters, digits and hyphens, at most 64'),
  title: z.string(),
  /** Key of its data format; one that a later version added is told when the set is read. */
  format: z.string().min(1),
  /**
   * Absolute paths of what it is made of, in the order read. IDX: the image file and the label file; CIFAR: its batches; image
   * folder: one folder a class.
   */
  files: z.array(z.string()).min(1),
  count: z.int().min(2),
  height: z.int().min(1),
  width: z.int().min(1),
  channels: z.int().min(1),
  /** At most 256: a label is one byte. Null where targets are real numbers. */
  classes: z.int().min(2).max(256).nullable(),
  /** Names of the classes in the labels' order, null where the files do not tell. */
  classNames: z.array(z.string()).nullable(),
  /** What is predicted where targets are real numbers, in the order of the network's outputs; absent where they are classes. */
  targetColumns: z.array(columnSchema).min(1).optional(),
  /** What the columns of a table are called; absent of images, and where the files do not tell. */
  inputColumns: z.array(columnSchema).min(1).optional(),
  /** Of images; null of a table, whose columns are standardised by the examples that train. */
  normalisation: normalisationSchema.nullable(),
  /** SHA-256 over the contents in the order read: decompressed files, or every image's path and bytes, and whether it was turned or RGB. */
  checksum: z.string().length(64),
  /** Bundled sets cannot be removed. */
  bundled: z.boolean(),
  licence: z.string().nullable(),
  /**
   * Absent in sets that were added before it was kept; image folders among them go on being read as they were then: no sub-folders,
   * names in .png, .jpg and .jpeg only, nothing turned, three components of a JPEG taken for YCbCr.
   */
  reading: readingSchema.optional(),
});
export type Dataset = z.output<typeof datasetSchema>;

/** Most examples that are shown of a set, most bytes that their pixels take together, and most columns of a table's rows. */
export const mostShown = { examples: 200, bytes: 4_000_000, columns: 40 };

/** Which examples are asked for: of that set, at most so many of each class, and all together no more than {@link mostShown} says. */
export const askedExamplesSchema = z.strictObject({ id: z.string(), perClass: z.int().min(1).max(20) });

/** Examples of a data set, to be looked at: the first of each class, class by class, or the first where targets are real numbers. */
export const datasetExamplesSchema = z.strictObject({
  height: z.int().min(1),
  width: z.int().min(1),
  channels: z.int().min(1),
  examples: z.array(
    z.strictObject({
      place: z.int().min(0),
      /** Its class; null where targets are real numbers. */
      label: z.int().min(0).nullable(),
      /** An image's bytes in the order of the set, [channels, height, width]; null of a table. */
      pixels: z.instanceof(Uint8Array).nullable(),
      /** A table's numbers as its file has them, of at most {@link mostShown} columns; null of an image. */
      inputs: z.array(z.number()).nullable(),
      /** What is to be predicted, as the file has it; null where targets are classes. */
      targets: z.array(z.number()).nullable(),
    }),
  ),
});
/** Examples of a data set. */
export type DatasetExamples = z.output<typeof datasetExamplesSchema>;

/** Why a data set has no pictures to look at, in a sentence; null where it has. */
export function noPicture({ height, width, channels }: Pick<Dataset, 'height' | 'width' | 'channels'>): string | null {
  if (channels !== 1 && channels !== 3)
    return `No picture: an example has ${channels} channels, and pictures have one (grey) or three (red, green and blue).`;
  if (height === 1 || width === 1)
    return `No picture: an example is a row of ${(height * width).toLocaleString('en')} numbers, not an image.`;
  return null;
}

/** The kind of targets that a data set has. */
export function targetKindOf({ classes }: Pick<Dataset, 'classes'>): TargetKind {
  return classes === null ? 'values' : 'classes';
}

/** What a data set has to predict, in words: `10 classes`, `1 target: price (€)`. */
export function targetsText({ classes, targetColumns = [] }: Pick<Dataset, 'classes' | 'targetColumns'>): string {
  if (classes !== null) return `${classes} classes`;
  const named = targetColumns.slice(0, 4).map(columnText).join(', ');
  const more = targetColumns.length > 4 ? ` and ${targetColumns.length - 4} more` : '';
  return `${targetColumns.length} ${targetColumns.length === 1 ? 'target' : 'targets'}: ${named}${more}`;
}

/** What the examples of a data set are called. */
export function examplesWord({ normalisation }: Pick<Dataset, 'normalisation'>): 'images' | 'rows' {
  return normalisation === null ? 'rows' : 'images';
}

/** How a class is called: its name, or its number where the files do not tell. */
export function className({ classNames }: Pick<Dataset, 'classNames'>, label: number): string {
  return classNames?.[label] ?? `class ${label}`;
}

/** How to get the paper's data sets, which do not come with Valleywalk, by the id that presets name them with. */
const obtainable: Readonly<Record<string, string>> = {
  mnist:
    'MNIST is free: put its four IDX files (train-images-idx3-ubyte.gz and so on) into a folder and add that under Data with the title MNIST, or with valleywalk data add FOLDER --title MNIST',
  'cifar-10':
    'CIFAR-10 is free: unpack its binary version (cifar-10-binary.tar.gz of www.cs.toronto.edu/~kriz/cifar.html) and add that folder under Data with the title CIFAR-10, or with valleywalk data add FOLDER --title CIFAR-10',
};

/** What to say of a data set that an experiment names and that is not there. */
export function missingDataset(id: string, there: readonly Pick<Dataset, 'id'>[]): string {
  const how = Object.hasOwn(obtainable, id) ? `. ${obtainable[id]}` : '';
  return `names a data set that is not here, "${id}"; there are ${there.map((set) => set.id).join(', ')}${how}`;
}

/** Size of an example in words: `28 × 28`, and `32 × 32 × 3` in colour; `13 numbers` of a table. */
export function shapeText({
  height,
  width,
  channels,
  normalisation,
}: Pick<Dataset, 'height' | 'width' | 'channels'> & Partial<Pick<Dataset, 'normalisation'>>): string {
  if (normalisation === null) return `${width} ${width === 1 ? 'number' : 'numbers'}`;
  return `${height} × ${width}${channels > 1 ? ` × ${channels}` : ''}`;
}

/** The folder that holds a data set's files. */
export function folderOf({ files }: Pick<Dataset, 'files'>): string {
  return files[0]!.replace(/[\\/][^\\/]*$/, '');
}
