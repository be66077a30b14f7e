from sqlmodel import Session, select


class Store:
    def __init__(self, engine):
        self.engine = engine

    def delete(self, filters: dict, model_class):
        with Session(self.engine) as session:
            query = select(model_class)
            for key, value in filters.items():
                query = query.where(getattr(model_class, key) == value)
            for row in session.exec(query).all():
                session.delete(row)
            session.commit()
