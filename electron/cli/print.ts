/**
 * The terminal's single way out. Names, paths, labels and messages come from elsewhere, and a terminal obeys the control characters in
 * them: whatever is printed goes through here, where they become escapes that can be read (shared/visible.ts).
 */
import { oneLine, visibleJson, visibleLines } from '../../shared/visible.ts';

/** Prints one line on standard output; a line break in it is shown, not made. */
export function print(line: string): void {
  process.stdout.write(`${oneLine(line)}\n`);
}

/** Prints lines on standard output. What stands within a line must have no break of its own: see {@link oneLine}. */
export function printText(text: string): void {
  process.stdout.write(`${visibleLines(text)}\n`);
}

/** Prints a value as JSON that reads back as the same value. @param space as of JSON.stringify; one line without it */
export function printJson(value: unknown, space?: number): void {
  process.stdout.write(`${visibleJson(value, space)}\n`);
}

/** Prints what is to become a file: byte for byte into a pipe or a file, with control characters shown on a screen. */
export function printFile(text: string): void {
  process.stdout.write(process.stdout.isTTY ? visibleLines(text) : text);
}

/** Tells one line on standard error, beside what is printed. */
export function tell(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`);
}

/** Tells lines on standard error. */
export function tellText(text: string): void {
  process.stderr.write(`${visibleLines(text)}\n`);
}

/** Tells a line on standard error in place of the one that was told so before, where that is a terminal. */
export function tellInPlace(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${oneLine(line)}`);
}

/** Takes the line away that {@link tellInPlace} told last. */
export function clearPlace(): void {
  tellInPlace('');
}
