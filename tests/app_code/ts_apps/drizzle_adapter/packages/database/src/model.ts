import { and, eq } from "drizzle-orm";
import { comments, NewComment, NewTask, projects, tasks } from "./schemas";

export class TaskModel {
  constructor(private db: Database, private userId: string) {}

  create = async ({
    title,
    task = {},
    extra,
  }: {
    title: string;
    task?: Partial<NewTask>;
    extra: Omit<NewTask, "assigneeId">;
  }) => {
    await this.db.insert(tasks).values({ ...task, title });
    await this.db.insert(tasks).values({ ...extra, title, assigneeId: this.userId });
  };

  duplicate = async (id: string) =>
    this.db.transaction(async (tx) => {
      const original = await tx.query.tasks.findFirst({ where: eq(tasks.id, id) });
      if (!original) throw new Error(`task ${id} not found`);

      const [copy] = await tx
        .insert(tasks)
        .values({ ...original, id: undefined, title: `${original.title} (copy)` })
        .returning();

      const found = await tx.select().from(comments).where(eq(comments.taskId, id));
      await Promise.all(
        found.map(async (comment) => {
          await tx.insert(comments).values({ ...comment, id: undefined, taskId: copy.id });
        }),
      );
    });

  // Only some columns are read, and the owner is none of them.
  move = async (id: string, teamId: string) => {
    const [old] = await this.db.select({ name: projects.name }).from(projects).where(eq(projects.id, id));
    await this.db.insert(projects).values({ ...old, teamId, ownerId: this.userId });
  };

  addAll = async (rows: NewComment[], column: string, value: string) => {
    for (const row of rows) {
      await this.db.insert(comments).values({ taskId: row.taskId, authorId: this.userId, [column]: value });
    }
  };
}
