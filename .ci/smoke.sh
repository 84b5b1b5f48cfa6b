#!/usr/bin/env bash
# Packs the package, installs it into an empty folder and uses it there: the command and the library.
set -euo pipefail
cd "$(dirname "$0")/.."
source=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

tarball=$(npm pack --silent --pack-destination "$folder" | tail -n 1)
unexpected=$(tar -tzf "$folder/$tarball" | grep -vE '^package/(dist/(cli|completions|lib|man|web)/|dist/(licenses\.txt|sbom\.cdx\.json)$|docs/[^/]+\.(md|varlink)$|packaging/virt2xend\.service$|README\.md$|CHANGELOG\.md$|LICENSE$|package\.json$)' || true)
if [ -n "$unexpected" ]; then
  printf 'The package contains files that no user needs:\n%s\n' "$unexpected" >&2
  exit 1
fi

cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund "./$tarball"
npx --no-install virt2xen convert "$source/fixtures/cloudstack/system-vm.xml" >out.cfg 2>/dev/null
diff out.cfg "$source/fixtures/cloudstack/system-vm.cfg"
npx --no-install virt2xen convert out.cfg --quiet | grep -q "<target type='xen' name='v-31-VM.vport'/>"
for cache in node_modules/virt2xen/dist/cli/*.v8; do truncate -s 1000 "$cache"; done
npx --no-install virt2xen convert "$source/fixtures/cloudstack/system-vm.xml" --quiet | diff - out.cfg
npx --no-install virt2xen web out.cfg -o page.html
grep -q 'v-31-VM' page.html
cat >use.mjs <<'JS'
import { convert } from 'virt2xen';
import { AgentSession } from 'virt2xen/agent';
import { connect } from 'virt2xen/agent/node';
import { readFileSync } from 'node:fs';
if (!convert(readFileSync('out.cfg')).output?.startsWith('<domain')) process.exit(1);
if (typeof AgentSession !== 'function' || typeof connect !== 'function') process.exit(1);
JS
node use.mjs
echo "packed, installed and used: $tarball"
