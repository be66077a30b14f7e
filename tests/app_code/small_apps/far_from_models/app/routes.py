from . import crud


def drop(session, key):
    found = crud.find_one(session, key)
    if found is None:
        raise LookupError(key)
    session.delete(found)
