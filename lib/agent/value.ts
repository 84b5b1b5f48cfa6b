import { jsonReaders } from '../language/json.js';
import { AgentError } from './error.js';

/*
 * Readers of what an agent returns. A guest can return anything: each value is checked to have the type that
 * QEMU's qga/qapi-schema.json specifies, and only the members that are read are taken over. They throw AgentError
 * `protocol`.
 */
export const { objectOf, listOf, textOf, numberOf, booleanOf } = jsonReaders(wrong);

/** Reads a number of bytes, processes or devices. @throws AgentError `protocol` */
export function countOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw wrong('a whole number', value);
}

/** Reads one of several words. @throws AgentError `protocol` */
export function oneOf<Word extends string>(value: unknown, words: readonly Word[]): Word {
  const word = words.find((known) => known === value);
  if (word !== undefined) return word;
  throw wrong(`one of ${words.join(', ')}`, value);
}

/** For commands that return an empty object. */
export function nothing(): void {
  // There is nothing to read.
}

/**
 * Reads members of an object by their own names; what the agent omits is absent in the result.
 * @throws AgentError `protocol`
 */
export function membersOf<Readers extends Record<string, (value: unknown) => unknown>>(
  value: unknown,
  readers: Readers,
): { readonly [Name in keyof Readers]?: ReturnType<Readers[Name]> } {
  const object = objectOf(value);
  const read: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(readers)) {
    const member = Object.hasOwn(object, name) ? object[name] : undefined;
    if (member !== undefined) read[name] = reader(member);
  }
  return read as { [Name in keyof Readers]?: ReturnType<Readers[Name]> };
}

const shownCharacters = 60;

function wrong(what: string, value: unknown): AgentError {
  return new AgentError('protocol', `the agent returned ${describe(value)} instead of ${what}`);
}

/** A guest's value can be long, and nested too deep to print. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, shownCharacters));
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `${value}`;
  return value === undefined ? 'nothing' : 'an object';
}
