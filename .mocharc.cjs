// The unit tests, for `npm test`. The other suites have a file each in .ci/.
/* global process */
module.exports = {
  spec: ['test/**/*.test.ts'],
  ignore: ['test/real/**', 'test/host/**', 'test/lab/**'],
  'node-option': ['import=tsx'],
  timeout: 20_000,
  // Mocha ends its workers before a busy machine has written what coverage is made of.
  parallel: process.env['NODE_V8_COVERAGE'] === undefined,
  jobs: 2,
};
