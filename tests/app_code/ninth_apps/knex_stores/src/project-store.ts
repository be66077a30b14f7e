import type { Knex } from "knex";

const TABLE = "projects";
const T = {
  tasks: "tasks",
  comments: "comments",
  settings: "project_settings",
};

interface ProjectIn {
  teamId: string;
  ownerId: string | null;
  name: string;
}

export class ProjectStore {
  constructor(private db: Knex) {}

  private toRow(project: ProjectIn) {
    return { team_id: project.teamId, owner_id: project.ownerId, name: project.name };
  }

  async create(project: ProjectIn) {
    const [row] = await this.db(TABLE).insert(this.toRow(project)).returning("id");
    return row.id;
  }

  async createAll(projects: ProjectIn[]) {
    await this.db(TABLE).insert(projects.map(this.toRow)).onConflict("slug").ignore();
  }

  async addTask(projectId: string, userId: string, title: string) {
    await this.db(T.tasks).insert({
      project_id: projectId,
      assignee_id: userId,
      title,
    });
  }

  async addTasks(projectIds: string[], title: string) {
    const rows = await Promise.all(
      projectIds.map(async (projectId) => ({ project_id: projectId, title })),
    );
    await this.db.batchInsert(T.tasks, rows);
  }

  async move(from: string, to: string) {
    return this.db(T.tasks).where({ project_id: from }).update("project_id", to);
  }

  async note(taskId: string, author: string, body: string) {
    await this.db.raw(
      `INSERT INTO ${T.comments} (task_id, author_id, body) VALUES (?, ?, ?)`,
      [taskId, author, body],
    );
  }

  async remove(id: string) {
    await this.db(T.tasks).where({ project_id: id }).del();
    await this.db(TABLE).where({ id }).delete();
    await this.db(T.settings).where({ project: id }).del();
  }
}

export class SessionCache {
  constructor(private cache: (name: string) => Map<string, string>) {}

  forget(id: string) {
    this.cache("projects").delete(id);
    return this.cache("tasks");
  }
}
