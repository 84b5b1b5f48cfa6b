import { disabled, missing } from './capabilities.js';
import { AgentError } from './error.js';
import { isObject, type JsonObject } from '../language/json.js';

/** The error in a reply, which is the agent's: `rejected`, or `unsupported` if it does not execute the command. */
export function errorOf(command: string, error: JsonObject): AgentError {
  const desc = typeof error['desc'] === 'string' ? error['desc'] : 'the agent gave no reason';
  const name = typeof error['class'] === 'string' ? error['class'] : 'GenericError';
  const options = { command, class: name };
  if (name === 'CommandNotFound') {
    // Disabled commands are of this class, too (qapi/qmp-dispatch.c).
    const isDisabled = desc.includes('disabled');
    return new AgentError('unsupported', isDisabled ? disabled : missing(undefined, command), options);
  }
  return new AgentError('rejected', desc, options);
}

const descOf = ({ error }: JsonObject): string =>
  isObject(error) && typeof error['desc'] === 'string' ? error['desc'] : '';

/** The agent's answer to the flush (7.2: `JSON parse error, stray '\uFFFD'`; 1.x: `Invalid JSON syntax`). */
export const isParseError = (value: JsonObject): boolean =>
  /JSON parse error|Invalid JSON syntax/.test(descOf(value));

/** Of old agents: `QMP input member 'id' is unexpected` (qapi/qmp-dispatch.c of that time). */
export const rejectsId = (value: JsonObject): boolean => descOf(value).includes("'id' is unexpected");
