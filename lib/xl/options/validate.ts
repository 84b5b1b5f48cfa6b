import type { SettingValue } from '../../model/preserved.js';
import { parseInteger } from '../../xl-syntax/integer.js';
import { kindProblem } from '../../xl-syntax/kind.js';
import type { XlOption } from './option.js';

/** An invalid value: xl continues without the option, or rejects the whole config. */
export interface Fault {
  readonly verdict: 'ignored' | 'refused';
  readonly why: string;
}

/**
 * Checks a value as xl does (xl_parse.c: parse_config_data).
 * @param value the single value, or the list
 * @param added whether it was extended with `+=`
 */
export function validateValue(option: XlOption, value: SettingValue, added = false): Fault | undefined {
  const text = typeof value === 'string' ? value : undefined;
  const wrongType = typeProblem(option, text, added);
  if (wrongType !== undefined) return { verdict: option.strict ? 'refused' : 'ignored', why: wrongType };
  const wrongValue =
    (text === undefined ? undefined : valueProblem(option, text, added)) ?? option.syntax?.(value);
  return wrongValue === undefined ? undefined : { verdict: 'refused', why: wrongValue };
}

/** Whether an option has the effect of its absence: it is at its default, or a list without items. */
export function isDefault(option: XlOption, value: SettingValue, added: boolean): boolean {
  const { default: unset, type, values = [] } = option;
  if (typeof value !== 'string') return type.includes('list') && value.length === 0;
  if (unset === undefined || added) return false;
  const number = parseInteger(value);
  if (number === undefined) return value === unset || (type !== 'string' && value.toLowerCase() === unset);
  // As parsed by xl: a boolean is any number; the name of an enumeration can be its number.
  switch (type) {
    case 'boolean':
    case 'boolean or list':
    case 'boolean or name':
      return Number(number !== 0) === Number(unset);
    case 'name or its number':
      return values[number] === unset;
    default:
      return String(number) === unset;
  }
}

function typeProblem({ type }: XlOption, text: string | undefined, added: boolean): string | undefined {
  switch (type) {
    case 'integer':
    case 'boolean':
      return kindProblem('whole number', text, added);
    case 'list':
    case 'list of lists':
      return kindProblem('list', text, added);
    case 'string or list':
      return undefined;
    case 'boolean or list':
      return text === undefined ? undefined : kindProblem('whole number', text, added);
    default:
      return kindProblem('single value', text, added);
  }
}

/** A string of digits counts as a number, unless it was extended with `+=`. */
function valueProblem({ type, values }: XlOption, text: string, added: boolean): string | undefined {
  if (!values) return undefined;
  const number = added ? undefined : parseInteger(text);
  if (number !== undefined && type === 'boolean or name') return undefined;
  if (number !== undefined && type === 'name or its number' && number >= 0 && number < values.length)
    return undefined;
  if (values.includes(type === 'string' ? text : text.toLowerCase())) return undefined;
  return `'${text}' is none of ${values.join(', ')}`;
}
