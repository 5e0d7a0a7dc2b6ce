/** Recipes in files: JSON, or inside the SVG, PNG and PDF that are made here. */
import { checkValue } from '../check-value.ts';
import { faultsText } from '../bounded.ts';
import { problemsOf } from '../problems.ts';
import { ValleywalkError } from '../errors.ts';
import { figureRecipeSchema, recipeVersion } from './recipe.ts';
import type { FigureRecipe } from './recipe.ts';
import { decodeText } from '../text.ts';

const element = 'valleywalk:recipe';
const start = `<${element}><![CDATA[`;
const end = `]]></${element}>`;

/** The recipe as an element of RDF: the same text in an SVG's metadata and in the XMP of PNG and PDF. */
export function recipeElement(recipe: FigureRecipe): string {
  // ASCII, so that its bytes read the same in every container; no > that could end the section
  const json = JSON.stringify(recipe).replaceAll(
    /[>\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return start + json + end;
}

/**
 * Checks a recipe.
 * @throws ValleywalkError kind `input`, naming each field, or the recipe's version where it is newer than this program
 */
export function readRecipe(value: unknown): FigureRecipe {
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > recipeVersion)
    throw new ValleywalkError(
      'input',
      `this figure's recipe is of version ${version}, made by a newer Valleywalk; this one reads versions up to ${recipeVersion}: update Valleywalk to open it`,
      [{ path: 'version', message: `is ${version}; this Valleywalk reads up to ${recipeVersion}` }],
    );
  const result = checkValue(figureRecipeSchema, value);
  if (result.success) return result.data;
  const problems = problemsOf(result.error);
  const words = faultsText(problems.map(({ path, message }) => ({ path: path || 'recipe', message })));
  throw new ValleywalkError('input', `the figure's recipe cannot be used: ${words}`, problems);
}

/**
 * Finds the recipe in a file's bytes.
 * @param name the file's name, for messages
 * @throws ValleywalkError kind `input` when there is none or it cannot be used
 */
export function recipeInFile(name: string, bytes: Uint8Array): FigureRecipe {
  // Latin-1 keeps every byte: the recipe itself is ASCII
  const text = new TextDecoder('latin1').decode(bytes);
  const from = text.indexOf(start);
  const to = from < 0 ? -1 : text.indexOf(end, from);
  const json = to < 0 ? recipeText(bytes, name) : text.slice(from + start.length, to);
  if (json === null)
    throw new ValleywalkError(
      'input',
      `there is no recipe in ${name}; give a recipe (JSON) or an SVG, PNG or PDF that Valleywalk made`,
    );
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ValleywalkError('input', `${name} is not valid JSON: ${(error as Error).message}`);
  }
  return readRecipe(value);
}

/** A file's text where it starts as JSON does; null for anything else, such as an image. */
function recipeText(bytes: Uint8Array, name: string): string | null {
  // an image is no text: only what starts like an object is decoded, so that Latin-1 is told from a picture
  const start = [...bytes.subarray(0, 64)].filter(
    (byte) => ![0, 0xef, 0xbb, 0xbf, 0xff, 0xfe, 9, 10, 13, 32].includes(byte),
  );
  return start[0] === 0x7b ? decodeText(bytes, name) : null;
}
