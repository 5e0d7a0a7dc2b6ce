/** Checking what comes from outside against a schema, whatever it is. */
import { z } from 'zod';

/**
 * As `schema.safeParse(value)`, for values from outside: where the schema library itself fails, that is a fault of the value too. It asks
 * everything with a `length` how long it is, and of an object that JSON can write, `{"length": {"valueOf": 1}}`, that throws.
 */
export function checkValue<S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    const message =
      error instanceof TypeError && error.message.includes('primitive value')
        ? 'holds an object whose "length" is no number; take that key out, or write text or a list'
        : `cannot be read: ${(error as Error).message}`;
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], input: value, message }]) as never };
  }
}
