/** Quotes a word for a POSIX shell, if it has to be quoted. */
export const quoteForShell = (word: string): string =>
  /^[-+=:,./\w]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
