#!/usr/bin/env bash
# Coverage of lib/ and cli/, merged over the suites; less than 90 % of the lines is a failure.
#   coverage.sh         plays the suites first
#   coverage.sh report  where they have been played with NODE_V8_COVERAGE set to coverage/v8 in full
# The suites run the bundled command, of which lines cannot be told. So its tests are played once more with the
# command from its sources.
set -euo pipefail
cd "$(dirname "$0")/.."
export NODE_V8_COVERAGE=$PWD/coverage/v8
if [ "${1:-}" != report ]; then
  rm -rf coverage
  npm test
  npm run test:real
  npm run test:host
fi
V2X_COMMAND_FROM_SOURCES=1 npx mocha --no-config --import=tsx --timeout 120000 --reporter dot \
  'test/cli/*.test.ts' 'test/hooks/*.test.ts' test/guest-kit.test.ts test/host/realize/commands.test.ts
unset NODE_V8_COVERAGE
node .ci/coverage-report.js
