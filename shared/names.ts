/** What people call things: one rule for window, terminal and requests. Texts that are stored already are read as they are. */
import { z } from 'zod';
import { actingCharacter } from './visible.ts';

/** Joiners that scripts and pictograms need, and marks of direction that end where the letter does. */
const joiners = '\u200c\u200d\u200e\u200f';

/** What to say of a character that is not seen but acts, such as an escape, in a text that is given; null where there is none. */
export function unseenProblem(text: string, allowed = ''): string | null {
  const found = actingCharacter(text, joiners + allowed);
  return found === null
    ? null
    : `holds the character ${found}, which is not seen and may act on what shows it; leave it out`;
}

/** Refuses what {@link unseenProblem} finds. */
function refuseUnseen<S extends z.ZodType<string>>(schema: S, allowed = ''): S {
  return schema.superRefine((text, context) => {
    const message = unseenProblem(text, allowed);
    if (message !== null) context.addIssue({ code: 'custom', input: text, message });
  });
}

/** A name on one line. @param thing what it is of, for messages, with its article: `the study` */
export function nameSchema(thing: string, most = 120): z.ZodString {
  return refuseUnseen(
    z
      .string({ error: 'must be text' })
      .trim()
      .min(1, `must not be empty; give ${thing} one`)
      .max(most, `must have at most ${most} characters`),
  );
}

/** A title on one line, which may be empty. */
export function titleSchema(most: number): z.ZodString {
  return refuseUnseen(z.string({ error: 'must be text' }).trim().max(most, `must have at most ${most} characters`));
}

/** Text of several lines; `\r\n` becomes `\n`. */
export function linesSchema(most: number): z.ZodString {
  return refuseUnseen(
    z
      .string({ error: 'must be text' })
      .trim()
      .max(most, `must have at most ${most.toLocaleString('en')} characters`)
      .overwrite((text) => text.replaceAll('\r\n', '\n')),
    '\n\t',
  );
}

/** Refuses texts anywhere in a value that hold what {@link unseenProblem} finds, each at its path. */
export function refuseUnseenWithin(value: unknown, context: z.RefinementCtx, path: (string | number)[] = []): void {
  if (typeof value === 'string') {
    const message = unseenProblem(value, '\n\t');
    if (message !== null) context.addIssue({ code: 'custom', path, input: value, message });
  } else if (Array.isArray(value)) value.forEach((part, index) => refuseUnseenWithin(part, context, [...path, index]));
  else if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value)) refuseUnseenWithin(part, context, [...path, key]);
}
