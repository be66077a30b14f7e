from flask import request
from wtforms import Form, SelectField, StringField, validators

from app.models import Task


class TaskForm(Form):
    title = StringField(validators=[validators.DataRequired()])
    project = SelectField(validators=[validators.InputRequired()])
    assignee_id = SelectField()


def create_task(session):
    form = TaskForm(request.form)
    if form.validate():
        task = Task()
        form.populate_obj(task)
        session.add(task)


def create_for(session, user):
    form = TaskForm(request.form)
    task = Task()
    form.populate_obj(task)
    task.assignee_id = user.id
    session.add(task)


def create_elsewhere(session, forms):
    form = forms.next()
    task = Task()
    form.populate_obj(task)
    session.add(task)
