from pydantic_settings import BaseSettings


class AppSettings(BaseSettings):
    url: str
    notes_table: str = "comments"


settings = AppSettings()
