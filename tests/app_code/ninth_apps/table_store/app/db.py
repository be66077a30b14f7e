"""A small layer over the driver: a table's name and an object become a statement."""

from pydantic import BaseModel


def insert_query(table_name: str, model: BaseModel) -> str:
    keys = as_row(model).keys()
    fields = ", ".join(f'"{key}"' for key in keys)
    binds = ", ".join(f":{key}" for key in keys)
    return f"INSERT INTO {table_name} ({fields}) VALUES ({binds})"


def update_query(table_name: str, model: BaseModel, where: str = "WHERE id = :id") -> str:
    fields = []
    for key in as_row(model).keys():
        fields.append(f'"{key}" = :{key}')
    query = ", ".join(fields)
    return f"UPDATE {table_name} SET {query} {where}"


def as_row(model: BaseModel) -> dict:
    row: dict = {}
    for key, value in model.dict().items():
        row[key] = str(value) if hasattr(value, "hex") else value
    return row


class Connection:
    async def insert(self, table_name: str, model: BaseModel):
        await self.execute(insert_query(table_name, model), as_row(model))

    async def update(self, table_name: str, model: BaseModel, where: str = "WHERE id = :id"):
        await self.execute(update_query(table_name, model, where), as_row(model))

    async def execute(self, query: str, values: dict | None = None):
        await self.raw.execute(query, values)


db = Connection()
