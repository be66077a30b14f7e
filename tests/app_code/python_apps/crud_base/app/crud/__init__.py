from .crud_task import task
