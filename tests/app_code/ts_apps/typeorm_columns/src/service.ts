import { DataSource } from "typeorm";
import { Note, Project, Task } from "./entities";

export class Board {
  constructor(private readonly source: DataSource) {}

  async open(group: string, lead: Member, name: string) {
    const project = this.source.getRepository(Project).create({ group, lead, name });
    return this.source.getRepository(Project).save(project);
  }

  async add(board: string, title: string) {
    const task = new Task();
    task.board = board;
    task.title = title;
    return this.source.getRepository(Task).save(task);
  }

  async addFor(board: string, who: string | undefined, title: string) {
    const row = await this.source.getRepository(Task).create(new Task());
    row.board = board;
    row.title = title;
    row.who = who;
    await this.source.getRepository(Task).save(row);
  }

  async note(task: Task, writer: string) {
    await this.source.transaction(async (manager) => {
      await manager.save(Note, { task, writer });
      await manager.update(Task, { id: task.id }, { who: null });
    });
  }

  async clear(board: string) {
    await this.source.getRepository(Task).delete({ board });
    await this.source.manager.delete(Project, { id: board });
  }
}
