"""A finished run's report -> a comment on the pull request and code scanning, where a token may.

Nothing here changes the job's answer: what could not be posted is said in the log and the summary.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_MARK = "<!-- releasegate -->"
_TIMEOUT_S = 20
_PAGE = 100
_MOST_PAGES = 20


class NotPosted(Exception):
    """Why, in words."""


def main() -> None:
    """Post what is wanted; say what was not."""
    for name, post in (("comment", comment), ("sarif", upload)):
        if os.environ.get(f"INPUT_{name.upper()}") != "true":
            continue
        try:
            post()
            print(f"releasegate: {name} posted")
        except NotPosted as why:
            tell(f"{name} not posted because {why}")
        except Exception as error:  # whatever it is: the job's answer does not depend on it
            tell(f"{name} not posted because of something unforeseen ({type(error).__name__})")


def tell(text: str) -> None:
    """Say it where people look: an annotation and a line of the summary."""
    print(f"::notice title=releasegate::{text}")
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as summary:
        summary.write(f"\n> releasegate: {text}\n")


def comment() -> None:
    """Write the one comment anew, or the first time."""
    number = pull_request().get("number")
    if not isinstance(number, int):
        raise NotPosted("this is no pull request")
    text = beside("report.md")
    issue = f"/issues/{number}/comments"
    for page in range(1, _MOST_PAGES):
        held = ask("GET", f"{issue}?per_page={_PAGE}&page={page}")
        for each in held:
            # Whose account is deleted is nobody.
            is_bots = (each.get("user") or {}).get("type") == "Bot"
            if is_bots and str(each.get("body", "")).startswith(_MARK):
                ask("PATCH", f"/issues/comments/{int(each['id'])}", {"body": text})
                return
        if len(held) < _PAGE:
            break
    ask("POST", issue, {"body": text})


def upload() -> None:
    """Hand the findings to code scanning, for the commit and the reference of this run."""
    packed = base64.b64encode(gzip.compress(beside("report.sarif").encode())).decode()
    ask(
        "POST",
        "/code-scanning/sarifs",
        {
            "commit_sha": os.environ["GITHUB_SHA"],
            "ref": os.environ["GITHUB_REF"],
            "sarif": packed,
            "tool_name": "releasegate",
        },
    )


def pull_request() -> dict[str, Any]:
    """Read the event that started the job."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    event = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    found = event.get("pull_request")
    return found if isinstance(found, dict) else {}


def beside(name: str) -> str:
    """Read a form of the report that lies beside it."""
    path = os.environ.get("REPORT_PATH")
    if not path:
        raise NotPosted("there is no report")
    return Path(path).with_name(name).read_text(encoding="utf-8")


def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask GitHub.

    Raises:
        NotPosted: it refused, or cannot be reached.
    """
    token = os.environ.get("INPUT_TOKEN")
    if not token:
        raise NotPosted("there is no token")
    base = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}"
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        if error.code in (401, 403, 404):
            raise NotPosted(
                f"the token may not ({error.code}): give the job the permission; "
                "a pull request from a fork has a token that only reads"
            ) from None
        raise NotPosted(f"GitHub answered {error.code}") from None
    except (OSError, ValueError) as error:
        raise NotPosted(f"GitHub could not be reached ({type(error).__name__})") from None


if __name__ == "__main__":
    main()
