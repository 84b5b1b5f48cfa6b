import type { Parameters } from './messages.js';

/** An error of a method, which the client gets. */
export class VarlinkError extends Error {
  readonly error: string;
  readonly parameters: Parameters;

  /** @param error with its interface */
  constructor(error: string, parameters: Parameters = {}) {
    super(error);
    this.error = error;
    this.parameters = parameters;
  }
}

export const invalidParameter = (parameter: string): VarlinkError =>
  new VarlinkError('org.varlink.service.InvalidParameter', { parameter });
