from app.models import Comment, Project


class Resource:
    def __init__(self):
        self.data_model = None

    def create(self, data, trace_field="author_id"):
        data = dict(data)
        data[trace_field] = self.current_user().id
        item = self.data_model(data)
        item.save()
        return item


class Comments(Resource):
    def __init__(self):
        super().__init__()
        self.data_model = Comment

    def answer(self, task):
        return self.create({"task_id": task.id})

    def remark(self, body):
        return self.create({"body": body})


class Projects(Resource):
    def __init__(self):
        super().__init__()
        self.data_model = Project

    def begin(self, team):
        return self.create({"team_id": team.id}, trace_field="owner_id")


def import_project(row, user):
    project = Project({"owner_id": user.id, "team_id": row.team_id})
    project.save()


def import_orphan(row):
    Project({"team_id": row.team_id}).save()


def import_comment(data):
    Comment(data).save()
