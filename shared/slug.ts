/** Names for files and ids, made of what people type. */

/** Letters of any script without their accents, and digits, joined by hyphens; at most `length` characters, perhaps none. */
export function slug(text: string, length = 60): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, length)
    .replace(/^-+|-+$/g, '');
}

/** Like {@link slug}, with the letters of English only. */
export function asciiSlug(text: string, length = 60): string {
  return slug(
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/[^A-Za-z0-9]+/g, '-'),
    length,
  );
}
