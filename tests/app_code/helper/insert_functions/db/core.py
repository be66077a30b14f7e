class Database:
    def __init__(self, conn):
        self.conn = conn

    def insert(self, table: str, values: dict) -> None:
        columns = ", ".join(values.keys())
        marks = ", ".join(["%s"] * len(values))
        with self.conn.cursor() as cur:
            cur.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))

    def save_rows(self, table, rows):
        return self._client.table(table).insert(rows).execute()


def insert_row(client, table, row):
    return client.table(table).insert(row).execute()


def insert_logged(client, table, **row):
    print(table)
    return insert_row(client, table, row)
