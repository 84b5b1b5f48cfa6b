import { QmpError } from './error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks that QEMU's data has the type that the QAPI schema specifies. */
export function objectOf(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw wrong('an object', value);
}

export function listOf(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.map(objectOf);
  throw wrong('a list', value);
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw wrong('a text', value);
}

export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  throw wrong('a number', value);
}

export function booleanOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong('a boolean', value);
}

const wrong = (what: string, value: unknown): QmpError =>
  new QmpError(
    'protocol',
    `expected ${what}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
  );
