// The tables are handed in: a project may add its own.
export class TaskAdapter {
  constructor(db, tables) {
    this.db = db;
    this.tables = tables;
  }

  async create(projectId, userId, title) {
    const [row] = await this.db
      .insert(this.tables.tasks)
      .values({ projectId, assigneeId: userId ?? null, title })
      .returning();
    return row;
  }

  async comment(taskId, body) {
    const { comments } = this.tables;
    await this.db.insert(comments).values({ taskId, body });
  }

  async rename(id, title) {
    const { tasks } = this.tables;
    await this.db.update(tasks).set({ title }).where(eq(tasks.id, id));
  }

  async remove(id) {
    await this.db.delete(this.tables.comments).where(eq(this.tables.comments.taskId, id));
    await this.db.delete(this.tables.tasks).where(eq(this.tables.tasks.id, id));
  }
}
