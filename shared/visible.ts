/**
 * Characters that are not seen but act: control characters (a terminal obeys them), marks that turn the direction of a text, characters
 * without width. They come in names, labels, paths and messages from elsewhere; whatever shows a text shows them as escapes.
 */

/** Control and format characters, line and paragraph separators, and halves of characters. */
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Those of them that turn the direction of what follows, beside control characters. */
const turning = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** A character as `\x1b`, `\u202e` or `\u{e0001}`. */
function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code < 0x100) return { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character] ?? `\\x${hex.padStart(2, '0')}`;
  return code < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** A text on one line without any character that acts: each stands there as its escape, line breaks too. */
export function oneLine(text: string): string {
  return text.replace(acting, escaped);
}

/** Lines of text without any character that acts but the line breaks between them; `\r\n` breaks lines too. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(oneLine).join('\n');
}

/** A text for a picture: joiners of letters stay, since scripts and pictograms need them; what acts otherwise is escaped. */
export function visibleInPicture(text: string): string {
  return text.replace(turning, (character) => (character === '\n' ? character : escaped(character)));
}

/**
 * A value as JSON that holds no character that acts, not even within texts; reads back as the same value.
 * @param space as of JSON.stringify
 */
export function visibleJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(acting, (character) =>
    character === '\n'
      ? character
      : Array.from(
          { length: character.length },
          (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
        ).join(''),
  );
}

/** The first character of a text that acts, as it is told to whoever typed it; null where there is none. */
export function actingCharacter(text: string, allowed = ''): string | null {
  const found = text.match(acting)?.find((character) => !allowed.includes(character));
  return found === undefined ? null : escaped(found);
}
