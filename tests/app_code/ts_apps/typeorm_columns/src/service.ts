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

export class Archive {
  private seen = new Map<string, Task>();

  constructor(private connection: RequestConnection) {}

  async copy(ctx: RequestContext, note: Note, task: Task) {
    const made = await this.connection
      .getRepository(ctx, Note)
      .save(new Note({ task, writer: note.writer ?? null }));
    made.writer = note.writer;
    await this.connection.getRepository(ctx, Note).save(made);
    this.seen.delete(task);
  }

  async fill(ctx: RequestContext, board: string, titles: string[]) {
    await this.connection
      .getRepository(ctx, Task)
      .createQueryBuilder()
      .insert()
      .into(Task)
      .values(titles.map((title) => ({ board, title })))
      .execute();
    await this.connection.rawConnection.createQueryBuilder().delete().from(Note).execute();
    await this.connection.rawConnection
      .createQueryBuilder()
      .update(Task)
      .set({ who: null })
      .where("board = :board", { board })
      .execute();
  }
}
