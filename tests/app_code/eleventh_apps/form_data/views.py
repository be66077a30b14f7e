from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Optional

db = SQLAlchemy()


class Task(db.Model):
    __tablename__ = "tasks"
    id = db.Column(db.Integer, primary_key=True)
    project_id = db.Column(db.Integer, db.ForeignKey("projects.id"))
    assignee_id = db.Column(db.Integer, db.ForeignKey("users.id"))
    title = db.Column(db.String)


class TaskForm(FlaskForm):
    title = StringField("Title", validators=[DataRequired()])
    project_id = IntegerField("Project", validators=[DataRequired()])
    assignee_id = IntegerField("Assignee", validators=[Optional()])


class FullForm(FlaskForm):
    project_id = IntegerField("Project", validators=[InputRequired()])
    assignee_id = SelectField("Assignee", coerce=int, validators=[DataRequired()])


def create():
    form = TaskForm()
    if form.validate_on_submit():
        task = Task(**form.data)
        db.session.add(task)
        db.session.commit()


def create_full():
    form = FullForm()
    if form.validate_on_submit():
        data = form.data
        data.pop("csrf_token", None)
        db.session.add(Task(**data))
        db.session.commit()


def create_by_field():
    form = TaskForm()
    if form.validate_on_submit():
        db.session.add(Task(project_id=form.project_id.data, assignee_id=form.assignee_id.data))
        db.session.commit()


def create_populated():
    form = FullForm()
    if form.validate_on_submit():
        task = Task()
        form.populate_obj(task)
        db.session.add(task)
        db.session.commit()
