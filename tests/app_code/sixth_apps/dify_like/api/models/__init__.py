from .engine import db
from .task import Comment, Project, Task

__all__ = ["Comment", "Project", "Task", "db"]
