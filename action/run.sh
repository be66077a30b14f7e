#!/usr/bin/env bash
# Inputs, from the environment alone -> one run, its report in every form, and the step's outputs.
set -uo pipefail

program=$RUNNER_TEMP/releasegate-venv/bin/releasegate
folder=$(mktemp -d "$RUNNER_TEMP/releasegate-XXXXXXXX")
report=$folder/report.json
docs=$GITHUB_SERVER_URL/${ACTION_REPOSITORY:-$GITHUB_REPOSITORY}/blob/${ACTION_REF:-$GITHUB_SHA}/docs/findings.md
if [[ $docs =~ ^https?://[A-Za-z0-9./_~%@:+-]+$ ]]; then
  export RELEASEGATE_DOCS_URL=$docs
fi
random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Write an output that no value can end early or add another one to.
output() {
  local mark
  mark=end-$(random)
  printf '%s<<%s\n%s\n%s\n' "$1" "$mark" "$2" "$mark" >>"$GITHUB_OUTPUT"
}

# Show text in the log while the runner takes no commands from it.
show() {
  local mark
  mark=$(random)
  printf '::stop-commands::%s\n' "$mark"
  cat
  printf '\n::%s::\n' "$mark"
}

arguments=(--format json "--output=$report")
case $INPUT_COMMAND in
  preflight | apply) arguments+=("--fail-on=$INPUT_FAIL_ON") ;;
  plan | status) ;;
  *)
    echo '::error title=releasegate::The input "command" is none of preflight, plan, apply, status.'
    output verdict error
    output exit-code 2
    exit 0
    ;;
esac
if [ "$INPUT_COMMAND" = preflight ]; then
  while IFS= read -r gate; do
    [ -z "$gate" ] || arguments+=("--gate=$gate")
  done < <(tr ' ,\t' '\n' <<<"$INPUT_GATES")
fi
if [ "$INPUT_COMMAND" = apply ]; then
  arguments+=("--window=$INPUT_WINDOW")
  [ -z "$INPUT_PREFLIGHT_REPORT" ] || arguments+=("--preflight=$INPUT_PREFLIGHT_REPORT")
fi
if [ "$INPUT_COMMAND" = preflight ] || [ "$INPUT_COMMAND" = apply ]; then
  while IFS= read -r root; do
    [ -z "$root" ] || arguments+=("--app-code=$root")
  done <<<"$INPUT_APP_CODE"
fi
if [ -n "$INPUT_MIGRATION" ] && [ "$INPUT_COMMAND" != status ]; then
  arguments+=(-- "$INPUT_MIGRATION")
fi

"$program" "$INPUT_COMMAND" "${arguments[@]}" 2>"$folder/log" </dev/null
code=$?
show <"$folder/log"

if [ ! -s "$report" ]; then
  # Usage, or a bug: there is no report, and the log's last line says why.
  [ "$code" -ne 0 ] || code=70
  message=$(tail -n 1 "$folder/log" | tr -d '\r' | sed 's/%/%25/g')
  printf '::error title=releasegate::%s\n' "$message"
  output verdict error
  output exit-code "$code"
  exit 0
fi

# GitHub knows files by their paths in the repository; the report names them in the project.
prefix=$(git rev-parse --show-prefix 2>/dev/null)
again=("$program" report "$report" "--path-prefix=$prefix")
"${again[@]}" --format github
for format in markdown:md html:html sarif:sarif; do
  "${again[@]}" --format "${format%%:*}" --output "$folder/report.${format##*:}"
done
[ ! -s "$folder/report.md" ] || cat "$folder/report.md" >>"$GITHUB_STEP_SUMMARY"
output verdict "$(sed -n 's/^  "verdict": "\([a-z_]*\)",$/\1/p' "$report")"
output exit-code "$code"
output report-path "$report"
output report-sha256 "$(sha256sum "$report" | cut -d ' ' -f 1)"
