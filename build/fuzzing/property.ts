/** Names the property that is being checked: the test it stands in and its place there. */
import { expect } from 'vitest';

/** A property of a test. */
export interface Property {
  testFile: string;
  /** The test's full name. */
  test: string;
  /** Its place among the properties of that test, from 0. */
  index: number;
}

let last: Property | null = null;

/** The property that the running test is about to check. */
export function nextProperty(): Property {
  const { testPath, currentTestName } = expect.getState();
  const [testFile, test] = [testPath ?? '', currentTestName ?? ''];
  const index = last?.testFile === testFile && last.test === test ? last.index + 1 : 0;
  return (last = { testFile, test, index });
}
