from sqlmodel import Session, SQLModel


class Store:
    def __init__(self, engine):
        self.engine = engine

    def keep(self, row: SQLModel):
        with Session(self.engine) as session:
            session.add(row)
            session.commit()
        return row


def get_store() -> Store: ...


def get_session() -> Session: ...


def get_user(): ...


def get_task(task_id: int): ...
