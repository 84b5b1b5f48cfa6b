/** JSON, and its comparison in the suites. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value of JSON.parse is an object; every value of JSON.parse is Json. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** The value at a path such as `['b_info', 'cmdline']`; undefined if there is none. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const key of path) here = isRecord(here) ? here[key] : undefined;
  return here;
}

/** The items of the list at a path; empty if there is no list. */
export function listAt(value: Json, ...path: readonly string[]): readonly Json[] {
  const list = at(value, ...path);
  return isList(list) ? list : [];
}

/**
 * The differences of a JSON from the expected one, one per line. Objects can have additional members; `null` expects a
 * member to be absent. Lists must have the same length and order.
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
