/** Mutations of an xl.cfg: of its lines, its tokens, and the parts of its device strings. */
import type { Chance } from './chance.js';
import { anyNumber, howMany, shuffled, withHostile } from './texts.js';

/** A string, a comment, a word, a number or punctuation, with the blanks between them. */
const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*|[A-Za-z_][\w.]*|[-+]?\d\w*|\+=|[^\S\n]+|[^]/g;

const tokensOf = (text: string): readonly string[] => text.match(token) ?? [];
const isString = (text: string): boolean => /^["']/.test(text) && text.length > 1;

/** What mutations of a config take from other configs. */
export class ConfigMutations {
  readonly #configs: readonly string[];
  readonly #lines: readonly string[];
  readonly #keys: readonly string[];
  readonly #strings: readonly string[];
  readonly #parts: readonly string[];

  constructor(configs: readonly string[]) {
    this.#configs = configs;
    const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
    this.#lines = unique(configs.flatMap((config) => config.split('\n')));
    const tokens = unique(configs.flatMap(tokensOf));
    this.#keys = tokens.filter((text) => /^[a-z]/.test(text));
    this.#strings = tokens.filter(isString);
    this.#parts = unique(this.#strings.flatMap((text) => text.slice(1, -1).split(',')));
  }

  /** One of the configs with at least one mutation; two thirds have exactly one. */
  next(chance: Chance): string {
    let text = chance.pick(this.#configs);
    for (let left = howMany(chance); left > 0; left -= 1) text = this.#mutate(text, chance);
    return text;
  }

  #mutate(text: string, chance: Chance): string {
    switch (chance.below(6)) {
      case 0:
        return shuffled(text.split('\n'), this.#lines, chance).join('\n');
      case 1:
        return shuffled(tokensOf(text), this.#strings, chance).join('');
      case 2:
        return this.#replace(text, (one) => !isString(one) && /\w/.test(one), chance);
      default:
        return this.#replace(text, isString, chance);
    }
  }

  /** Replaces a token of some kind. */
  #replace(text: string, isWanted: (one: string) => boolean, chance: Chance): string {
    const tokens = tokensOf(text);
    const places = tokens.flatMap((one, place) => (isWanted(one) ? [place] : []));
    if (places.length === 0) return withHostile(text, chance);
    const place = chance.pick(places);
    const old = tokens[place] ?? '';
    return tokens.with(place, isString(old) ? this.#string(old, chance) : this.#word(old, chance)).join('');
  }

  #word(old: string, chance: Chance): string {
    switch (chance.below(5)) {
      case 0:
        return anyNumber(chance);
      case 1:
        return `"${old}"`;
      case 2:
        return `[ ${old} ]`;
      case 3:
        return `${old} # ${old}\n`;
      default:
        return chance.pick(this.#keys);
    }
  }

  /** A device string is a list of parts, often `key=value`. */
  #string(old: string, chance: Chance): string {
    const [quote, inside] = [old.charAt(0), old.slice(1, -1)];
    const parts = inside.split(',');
    const place = chance.below(parts.length);
    const [key = '', value] = (parts[place] ?? '').split(/=(.*)/s, 2);
    const other = chance.pick(this.#parts);
    const again = (text: string): string => quote + text + quote;
    const valued = (text: string): string => again(parts.with(place, `${key}=${text}`).join(','));
    switch (chance.below(9)) {
      case 0:
        return again(shuffled(parts, this.#parts, chance).join(','));
      case 1:
        return valued(anyNumber(chance));
      case 2:
        return valued(withHostile(value ?? '', chance));
      case 3:
        return valued(other.split(/=(.*)/s, 2)[1] ?? other);
      case 4:
        return again(parts.with(place, value ?? '').join(','));
      case 5:
        return again(parts.join(chance.pick([' , ', ',,', ':', ';', ' '])));
      case 6:
        return (quote === '"' ? "'" : '"') + old.slice(1);
      case 7:
        return `[ ${old}, ${chance.pick(this.#strings)}, ]`;
      default:
        return again(withHostile(inside, chance));
    }
  }
}
