/** The same members; the optional ones may be undefined. */
export type OrUndefined<T extends object> = {
  readonly [Name in keyof T]: object extends Pick<T, Name> ? T[Name] | undefined : T[Name];
};

/** Builds an object whose optional members may be undefined: those are absent from the result. */
export function omitUndefined<T extends object>(members: NoInfer<OrUndefined<T>>): T {
  const given: Partial<T> = {};
  for (const name in members) if (members[name] !== undefined) given[name] = members[name];
  return given as T;
}
