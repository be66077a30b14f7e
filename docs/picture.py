"""A run's HTML report -> ``report.svg``, a picture of its gates, timeline and what the app felt.

releasegate report apply.json --latency app.json --format html --output apply.html
python docs/picture.py apply.html
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

WIDTH, HEIGHT = 900, 1710
_SVG = "http://www.w3.org/2000/svg"
#: sections of the report that the picture shows
_SECTIONS = ("gates", "timeline", "app")


def main() -> None:
    page = Path(sys.argv[1]).read_text(encoding="utf-8")
    Path(__file__).with_name("report.svg").write_text(picture(page), encoding="utf-8")


def picture(page: str) -> str:
    """Put parts of the page into a drawing that needs nothing else; a browser lays them out."""
    style = _part(page, r"<style>(.*?)</style>")
    patterns = (rf'(<section aria-labelledby="{name}">.*?</section>)' for name in _SECTIONS)
    parts = [_part(page, p) for p in (r"(<header>.*?</header>)", *patterns)]
    # Without what is folded, and what each gate has to say.
    body = re.sub(
        r'(?s)<details>.*?</details>|<br><span class="dim">.*?</span>', "", "".join(parts)
    )
    body = body.replace("<br>", "<br/>").replace("<svg ", f'<svg xmlns="{_SVG}" ')
    return (
        f'<svg xmlns="{_SVG}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<title>An apply, as its HTML report shows it</title>"
        f'<foreignObject width="{WIDTH}" height="{HEIGHT}">'
        f"<style>{style.replace(':root', '.page').replace('body{', '.page{')}"
        f".page{{height:100%;max-width:none;overflow:hidden;padding:1.25rem 1.5rem}}</style>"
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="page">{body}</div>'
        f"</foreignObject></svg>\n"
    )


def _part(page: str, pattern: str) -> str:
    found = re.search(pattern, page, re.DOTALL)
    return found[1] if found else ""


if __name__ == "__main__":
    main()
