import time
import uuid
from typing import Optional

from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, Column, Text

from backend.internal.db import Base, get_db


class Comment(Base):
    __tablename__ = "comments"

    id = Column(Text, primary_key=True)
    task_id = Column(Text)
    author_id = Column(Text)
    body = Column(Text)
    created_at = Column(BigInteger)


class CommentModel(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    task_id: str
    author_id: Optional[str] = None
    body: str
    created_at: int


class CommentForm(BaseModel):
    task_id: str
    body: str


class CommentsTable:
    def insert_new_comment(self, form_data: CommentForm, user_id: str) -> Optional[CommentModel]:
        with get_db() as db:
            comment = CommentModel(
                **{
                    "id": str(uuid.uuid4()),
                    "author_id": user_id,
                    **form_data.model_dump(),
                    "created_at": int(time.time()),
                }
            )
            try:
                result = Comment(**comment.model_dump())
                db.add(result)
                db.commit()
                db.refresh(result)
                return CommentModel.model_validate(result) if result else None
            except Exception as e:
                print(e)
                return None

    def import_comment(self, form_data: CommentForm) -> None:
        with get_db() as db:
            result = Comment(**form_data.model_dump(), id=str(uuid.uuid4()))
            db.add(result)
            db.commit()

    def delete_comments_by_author(self, user_id: str) -> bool:
        with get_db() as db:
            db.query(Comment).filter_by(author_id=user_id).delete()
            db.commit()
            return True

    def update_author(self, id: str, user_id: str):
        with get_db() as db:
            comment = db.get(Comment, id)
            comment.author_id = user_id
            db.commit()


Comments = CommentsTable()
