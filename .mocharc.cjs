// The unit tests, for `npm test`. The other suites have a file each in .ci/.
/* global process */
// `npx mocha FILE` runs that file alone; mocha would add it to the ones named here.
const areFilesNamed = process.argv.some((word) => word.endsWith('.test.ts'));

module.exports = {
  spec: areFilesNamed ? [] : ['test/**/*.test.ts'],
  ignore: ['test/real/**', 'test/host/**', 'test/lab/**', 'test/packages/**', 'test/web/**'],
  'node-option': ['import=tsx'],
  timeout: 20_000,
  // Mocha ends its workers before a busy machine has written what coverage is made of.
  parallel: process.env['NODE_V8_COVERAGE'] === undefined,
  jobs: 2,
};
