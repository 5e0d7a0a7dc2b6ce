/** Text as it comes in files from elsewhere: UTF-8 or UTF-16, with a byte order mark or without; what else it is, is named. */
import { ValleywalkError } from './errors.ts';

/** The encoding that the first bytes tell: by a byte order mark, or by the zeros that UTF-16 has beside ASCII. */
function encodingOf(bytes: Uint8Array): { encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32'; mark: number } {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    return { encoding: 'utf-32', mark: 4 };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', mark: 2 };
  if (a !== undefined && a !== 0 && b === 0 && c !== 0) return { encoding: 'utf-16le', mark: 0 };
  if (a === 0 && b !== undefined && b !== 0) return { encoding: 'utf-16be', mark: 0 };
  return { encoding: 'utf-8', mark: 0 };
}

/**
 * Decodes a text file, without its byte order mark.
 * @param name how errors call the file
 * @throws ValleywalkError kind `input` naming the first byte that is no UTF-8 (Latin-1, most often), or what else is wrong
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const { encoding, mark } = encodingOf(bytes);
  const body = bytes.subarray(mark);
  const refuse = (at: number, found: string): never => {
    throw new ValleywalkError(
      'input',
      `${name}: at byte ${mark + at} expected text in UTF-8, found ${found}; save it as UTF-8`,
    );
  };
  if (encoding === 'utf-32') return refuse(-mark, 'UTF-32');
  if (encoding !== 'utf-8') {
    const words = body.slice();
    if (words.length % 2 !== 0) return refuse(words.length, 'UTF-16 that ends within a character');
    if (encoding === 'utf-16be')
      for (let at = 0; at < words.length; at += 2) [words[at], words[at + 1]] = [words[at + 1]!, words[at]!];
    try {
      return new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }).decode(words);
    } catch {
      return refuse(0, 'UTF-16 with half a character in it');
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    const back = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body));
    const at = body.findIndex((byte, index) => byte !== back[index]);
    // the bytes of U+FFFD begin like what is cut off here
    if (at < 0) return refuse(body.length, 'an end within a character');
    return refuse(at, `${body[at]!.toString(16).padStart(2, '0')}, as Latin-1 (Windows-1252) has it`);
  }
}

/**
 * Reads JSON from a file's bytes.
 * @param name how errors call the file
 * @throws ValleywalkError kind `input` when it is not text, or not JSON
 */
export function decodeJson(bytes: Uint8Array, name: string): unknown {
  const text = decodeText(bytes, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValleywalkError('input', `${name} is not JSON: ${(error as Error).message}`);
  }
}
