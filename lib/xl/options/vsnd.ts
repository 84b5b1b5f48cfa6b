import type { SettingValue } from '../../model/preserved.js';

const formats = new Set([
  ...['s8', 'u8', 's16_le', 's16_be', 'u16_le', 'u16_be', 's24_le', 's24_be', 'u24_le', 'u24_be'],
  ...['s32_le', 's32_be', 'u32_le', 'u32_be', 'f32_le', 'f32_be', 'f64_le', 'f64_be'],
  ...['iec958_subframe_le', 'iec958_subframe_be', 'mu_law', 'a_law', 'ima_adpcm', 'mpeg', 'gsm'],
]);
const common = ['sample-rates', 'sample-formats', 'channels-min', 'channels-max', 'buffer-size'];
const own: Readonly<Record<string, readonly string[]>> = {
  card: ['backend', 'short-name', 'long-name'],
  pcm: ['name'],
  stream: ['unique-id', 'type'],
};

/** Sound cards, each a list of `card`, `pcm` and `stream` with their parameters (xl_parse.c: parse_vsnd_card_config). */
export function vsnd(value: SettingValue): string | undefined {
  for (const card of typeof value === 'string' ? [] : value) {
    if (typeof card === 'string') return `'${card}' is not a list`;
    for (const line of card) {
      if (typeof line !== 'string') break;
      const [word = '', ...parameters] = line.split(',').map((part) => part.replace(/^ +/, ''));
      const known = own[word];
      if (!known) return `unknown key '${word}'`;
      const problem = parameters.map((part) => parameterProblem(part, known)).find((found) => found);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function parameterProblem(part: string, known: readonly string[]): string | undefined {
  if (part === '') return undefined;
  const equals = part.indexOf('=');
  const [key, value] = [part.slice(0, equals), part.slice(equals + 1)];
  if (equals < 0 || !(common.includes(key) || known.includes(key))) return `unknown parameter '${part}'`;
  if (key === 'sample-formats')
    return value
      .split(';')
      .filter((format) => format !== '' && !formats.has(format.toLowerCase()))
      .map((format) => `unknown format '${format}'`)[0];
  if (key === 'type' && !['p', 'c'].includes(value.toLowerCase())) return `unknown stream type '${value}'`;
  return undefined;
}
