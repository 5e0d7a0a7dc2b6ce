/** Every data format, in the order in which a folder is asked for them: the first that it holds is taken. */
import { ValleywalkError } from '../../../shared/errors.ts';
import { cifar10, cifar100 } from './cifar.ts';
import { csv } from './csv.ts';
import type { DataFormat } from './format.ts';
import { idx } from './idx.ts';
import { imageFolder } from './image-folder.ts';
import { numpy } from './numpy.ts';

/** The table. */
export const dataFormats: readonly DataFormat[] = [idx, cifar10, cifar100, imageFolder, numpy, csv];

/** What is looked for in a folder, in one sentence's part. */
export function lookedForText(last: 'and' | 'or'): string {
  const all = dataFormats.map(({ lookedFor }) => lookedFor);
  return `${all.slice(0, -1).join(', ')} ${last} ${all.at(-1)!}`;
}

/** The format of that key. @throws ValleywalkError kind `input` for one that is not known here */
export function dataFormat(key: string): DataFormat {
  const format = dataFormats.find((each) => each.key === key);
  if (!format)
    throw new ValleywalkError(
      'input',
      `data sets in the format “${key}” are not read here; there are ${dataFormats.map((each) => each.key).join(', ')}; use the version of Valleywalk that added it`,
    );
  return format;
}
