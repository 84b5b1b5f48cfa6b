/** An object of JSON that another program wrote. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Readers of values that another program wrote. Each throws if a value has another type than its protocol specifies. */
export interface JsonReaders {
  readonly objectOf: (value: unknown) => JsonObject;
  /** @param read reads each element */
  readonly listOf: <Item>(value: unknown, read: (item: unknown) => Item) => readonly Item[];
  readonly textOf: (value: unknown) => string;
  readonly numberOf: (value: unknown) => number;
  readonly booleanOf: (value: unknown) => boolean;
}

/** @param wrong returns the error to throw; `expected`: `an object`, `a text`, ... */
export function jsonReaders(wrong: (expected: string, value: unknown) => Error): JsonReaders {
  return {
    objectOf: (value) => {
      if (isObject(value)) return value;
      throw wrong('an object', value);
    },
    listOf: (value, read) => {
      if (Array.isArray(value)) return value.map((item) => read(item));
      throw wrong('a list', value);
    },
    textOf: (value) => {
      if (typeof value === 'string') return value;
      throw wrong('a text', value);
    },
    numberOf: (value) => {
      if (typeof value === 'number') return value;
      throw wrong('a number', value);
    },
    booleanOf: (value) => {
      if (typeof value === 'boolean') return value;
      throw wrong('a boolean', value);
    },
  };
}
