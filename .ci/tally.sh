# The steps of the gate: runs each, and counts its time and its tests.
#   step MINUTES NAME COMMAND...    a step that hangs fails, and says which it was
#   begin MINUTES NAME COMMAND...   starts one beside those that follow; its output comes with `ended`
#   ended                           waits for the one that was begun
# At the end of the script, however it comes, there is a table of them, and one line over all tests.

logs=$(mktemp -d)
rows=() passed=0 failed=0 skipped=0
trap 'conclude $?' EXIT
trap 'exit 130' INT TERM

step() {
  printf '\n== %s\n' "$2"
  timed "$1" "${@:3}" 2>&1 | tee "$logs/step"
  count "$2" "$logs/step"
}

begin() {
  begun=$2
  timed "$1" "${@:3}" >"$logs/begun" 2>&1 &
  begun_process=$!
}

ended() {
  wait $begun_process
  printf '\n== %s\n' "$begun"
  cat "$logs/begun"
  count "$begun" "$logs/begun"
}

# Runs a command, and says how it went in its last line.
timed() {
  local start=$SECONDS
  timeout --kill-after=30 "$1m" "${@:2}" &
  # timeout leads a group of its own, which a Control-C does not reach
  # shellcheck disable=SC2064
  trap "kill $!" INT TERM
  wait $!
  local status=$?
  [ $status != 124 ] || printf 'took more than %s minutes\n' "$1"
  printf '== exit status %s after %s s\n' $status $((SECONDS - start))
}

# Adds up what mocha, the lab, or neither said of its tests; a step without tests is one itself.
count() {
  local status seconds p f s
  read -r status seconds p f s < <(
    sed 's/\x1b\[[0-9;]*m//g' "$2" | awk '
      /^ +[0-9]+ passing/ { p += $1; has_tests = 1 }
      /^ +[0-9]+ failing$/ { f += $1; has_tests = 1 }
      /^ +[0-9]+ pending$/ { s += $1 }
      /^lab: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { p += $2; f += $4; s += $6; has_tests = 1 }
      /^== exit status / { status = $4; seconds = $6 }
      END {
        if (!has_tests && status == 0) p = 1
        # a suite that ended before its tests did, or that has none
        if (f == 0 && (status != 0 || p == 0)) f = 1
        print status, seconds, p + 0, f + 0, s + 0
      }'
  )
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  rows+=("$(printf '%5d:%02d  %6d  %6d  %7d  %s' $((seconds / 60)) $((seconds % 60)) "$p" "$f" "$s" "$1")")
}

conclude() {
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null
  rm -rf "$logs"
  printf '\n    time  passed  failed  skipped  step\n'
  printf '%s\n' "${rows[@]}"
  printf '%5d:%02d                           all\n\n' $((SECONDS / 60)) $((SECONDS % 60))
  # Interrupted, or at fault itself.
  [ "$1" = 0 ] || failed=$((failed + 1))
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  exit $((failed > 0))
}
