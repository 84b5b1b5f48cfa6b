import { jsonReaders } from '../../language/json.js';
import { QmpError } from './error.js';

/** Readers of QEMU's answers, with the types of the QAPI schema. They throw QmpError `protocol`. */
export const { objectOf, listOf, textOf, numberOf, booleanOf } = jsonReaders(
  (expected, value) =>
    new QmpError(
      'protocol',
      `expected ${expected}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
    ),
);
