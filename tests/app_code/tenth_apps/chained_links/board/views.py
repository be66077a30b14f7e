from board.models import Comment, Task


def add(project, user):
    return Task.create(project, user.id)


def add_open(project):
    return Task.create(project)


def note(task, user):
    return Comment.create(task=task, author_id=user.id)


def note_without(task):
    comment = Comment(task=task)
    comment.save()


def forget(client, name):
    # a client of some service, which has notes of its own
    client.api.notes.delete(name)
