#!/usr/bin/env bash
# A shallow checkout -> one with the history and the tags that tell whether the release is an ancestor.
# Where they cannot be fetched the release-tag gate says so, with the command; the job goes on.
set -euo pipefail

export GIT_TERMINAL_PROMPT=0
if [ "$(git rev-parse --is-shallow-repository 2>/dev/null)" != true ]; then
  # All of the history is here, and mostly the tags: a later one may have been cut since.
  timeout 300 git fetch --quiet --tags >/dev/null 2>&1 || true
elif ! timeout 300 git fetch --quiet --unshallow --tags >/dev/null 2>&1; then
  echo '::warning title=releasegate::History and tags could not be fetched. Give actions/checkout "fetch-depth: 0", or run: git fetch --unshallow --tags'
fi
