#!/usr/bin/env bash
# The checkout that the action itself lies in -> the program, in an environment of its own.
set -euo pipefail

venv=$RUNNER_TEMP/releasegate-venv
# A second use in the same job finds the first one's.
if [ -x "$venv/bin/releasegate" ]; then
  exit 0
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo '::error title=releasegate::Python 3.11 or newer is needed: put actions/setup-python before this step.'
  exit 1
}
python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$GITHUB_ACTION_PATH"
