import os
from typing import Any, Dict, List, Optional

from supabase import acreate_client, AsyncClient


class DBConnection:
    _instance: Optional["DBConnection"] = None
    _client: Optional[AsyncClient] = None

    @property
    async def client(self) -> AsyncClient:
        if self._client is None:
            self._client = await acreate_client(os.environ["URL"], os.environ["KEY"])
        return self._client
