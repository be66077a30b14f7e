"""Text and configuration -> Window, freezes and their words. The only home of time zones."""

from releasegate.window.freezes import Freeze, freeze
from releasegate.window.intervals import parse
from releasegate.window.recurring import Recurring, choose, recurring
from releasegate.window.words import describe

__all__ = ["Freeze", "Recurring", "choose", "describe", "freeze", "parse", "recurring"]
