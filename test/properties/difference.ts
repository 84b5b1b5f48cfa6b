import { assert } from 'chai';

/** The differences of two values, one per line, for the message of a failure. */
export function differences(actual: unknown, expected: unknown, place = ''): readonly string[] {
  if (isObject(actual) && isObject(expected) && Array.isArray(actual) === Array.isArray(expected)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].flatMap((name) => differences(actual[name], expected[name], `${place}.${name}`));
  }
  if (Object.is(actual, expected)) return [];
  return [`${place.slice(1)} is ${show(actual)}, and was ${show(expected)}`];
}

/** Fails with the differences, if there are any. */
export function assertSame(actual: unknown, expected: unknown, context: string): void {
  const found = differences(actual, expected);
  assert(found.length === 0, `${found.join('\n')}\n${context}`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const show = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));
