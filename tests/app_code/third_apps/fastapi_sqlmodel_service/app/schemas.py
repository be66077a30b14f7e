from pydantic import BaseModel


class CommentIn(BaseModel):
    body: str
