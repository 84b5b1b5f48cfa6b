import { configKeys, keyName } from '../../cli/config/keys.js';

/** The table of docs/config.md, one row for each key. */
export const configRows = (): readonly (readonly string[])[] =>
  configKeys.map((key) => [`\`${keyName(key)}\``, key.describe, key.otherwise, `\`${key.option}\``]);
