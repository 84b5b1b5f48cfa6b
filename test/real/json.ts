/** JSON as the suites compare it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value out of JSON.parse is an object; all that JSON.parse gives is Json. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** The value at a path such as `['b_info', 'cmdline']`; nothing if there is none. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const key of path) here = isRecord(here) ? here[key] : undefined;
  return here;
}

/** The items of the list at a path; none if there is no list. */
export function listAt(value: Json, ...path: readonly string[]): readonly Json[] {
  const list = at(value, ...path);
  return isList(list) ? list : [];
}

/**
 * What in a JSON is not as expected, a line each. Members of an object that are not expected may
 * be there; `null` expects a member to be absent. Lists must be of the same length and order.
 */
export function mismatches(expected: Json, actual: Json | undefined, path = ''): readonly string[] {
  if (isRecord(expected) && (isRecord(actual) || actual === undefined)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      mismatches(value, actual?.[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (isList(expected) && isList(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => mismatches(item, actual[index], `${path}[${index}]`));
  }
  if ((expected === null && actual === undefined) || expected === actual) return [];
  const show = (value: Json | undefined): string =>
    value === undefined || value === null ? 'nothing' : JSON.stringify(value);
  return [`${path}: ${show(expected)} was meant, xl has ${show(actual)}`];
}
