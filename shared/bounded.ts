/** Messages of a length that a person reads: what is too long loses its middle, many faults are told by the first. */

/** Something that is wrong, and where. */
interface Fault {
  path: string;
  message: string;
}

/** Greatest length of a message in window and terminal, in characters. */
export const messageLength = 900;
/** Greatest length of one fault with its path, in characters. */
export const faultLength = 240;
/** Faults that a message names; the rest is counted. */
const toldFaults = 3;

/** A text of at most `most` characters: a longer one loses its middle and says how much of it, since beginnings and ends tell most. */
export function cutInMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const gone = (kept: number): string => ` … ${(text.length - kept).toLocaleString('en')} characters … `;
  const kept = Math.max(0, most - gone(0).length);
  const tail = Math.floor(kept * 0.3);
  const head = kept - tail;
  return `${whole(text.slice(0, head))}${gone(kept)}${whole(tail === 0 ? '' : text.slice(-tail))}`;
}

/** Most characters of a name's end that are kept where it is too long for its place. */
const longestEnd = 18;

/**
 * A name in two parts, for where it may be too long for its place: the beginning is cut, the end is kept, because names often differ at their
 * ends. Together they are the name. (A canvas cuts with `shortened` of shared/charts/drawing/text.ts.)
 */
export function halvesOf(name: string): [start: string, end: string] {
  const characters = [...name];
  const kept = Math.min(longestEnd, Math.floor(characters.length * 0.4));
  const at = characters.length - kept;
  return [characters.slice(0, at).join(''), characters.slice(at).join('')];
}

/** Without half a character at an end. */
function whole(text: string): string {
  return text.replace(/^[\udc00-\udfff]/, '').replace(/[\ud800-\udbff]$/, '');
}

/** The first faults with their paths in one sentence, `learningRate must be above 0; seed must be a whole number; and 12 more`. */
export function faultsText(faults: readonly Fault[]): string {
  const reported = faults
    .slice(0, toldFaults)
    .map(({ path, message }) =>
      cutInMiddle(path === '' ? message : `${cutInMiddle(path, 80)} ${message}`, faultLength),
    );
  const more = faults.length - reported.length;
  return `${reported.join('; ')}${more > 0 ? `; and ${more.toLocaleString('en')} more` : ''}`;
}
