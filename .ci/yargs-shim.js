/**
 * What yargs needs of its platform, in the place of yargs/lib/platform-shims/esm.mjs. It omits what that module
 * prepares at every start and this command never uses: translations, the search for a package.json with a version,
 * a `require` for commands in folders, assertions, and tables of emoji for the width of a text.
 */
import cliui from 'cliui';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { format, inspect } from 'node:util';
import Parser from 'yargs-parser';

/** yargs asserts that callers pass the right types, which the compiler has checked. */
const asserted = () => undefined;

/** The messages are in English. */
const english = {
  __: (text, ...values) => format(text, ...values),
  __n: (one, several, count, ...values) => {
    const text = count === 1 ? one : several;
    return text.includes('%d') ? format(text, count, ...values) : format(text, ...values);
  },
  getLocale: () => 'en',
  setLocale: asserted,
  updateLocale: asserted,
};

export default {
  assert: { notStrictEqual: asserted, strictEqual: asserted },
  cliui,
  findUp: () => undefined,
  getCallerFile: () => '',
  getEnv: (name) => process.env[name],
  getProcessArgvBin: () => process.argv[1],
  inspect,
  mainFilename: '',
  Parser,
  path: { basename, dirname, extname, relative, resolve, join },
  process: {
    argv: () => process.argv,
    cwd: process.cwd,
    emitWarning: (warning, type) => process.emitWarning(warning, type),
    execPath: () => process.execPath,
    exit: (code) => process.exit(code),
    nextTick: process.nextTick,
    // A first look at process.stdout prepares a stream; help is laid out for 100 columns anyway.
    stdColumns: null,
  },
  // It reads a package.json, for a version that it is given, and files with settings and translations.
  readFileSync: () => '{}',
  readdirSync: () => [],
  require: undefined,
  // Help is plain ASCII.
  stringWidth: (text) => text.length,
  y18n: english,
};
