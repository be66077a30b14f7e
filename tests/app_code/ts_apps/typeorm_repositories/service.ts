import { Injectable } from "@nestjs/common";
import { InjectRepository } from "@nestjs/typeorm";
import { Repository, DataSource, EntityManager } from "typeorm";
import { Task, Comment, Project, User } from "./entities";
@Injectable()
export class TaskService {
  constructor(@InjectRepository(Task) private readonly tasks: Repository<Task>, @InjectRepository(Comment) private comments: Repository<Comment>, private dataSource: DataSource) {}
  async one(project: Project, user: User) {
    const task = this.tasks.create({ project, assignee: user, title: "x" });
    await this.tasks.save(task);
  }
  async two(projectId: string) {
    const task = new Task();
    task.projectId = projectId;
    task.title = "x";
    return this.tasks.save(task);
  }
  async three(task: Task, author?: string) {
    return this.comments.save({ task, authorId: author });
  }
  async four(projectId: string, author: string) {
    const repo = this.dataSource.getRepository(Task);
    await repo.insert({ projectId, assignee: null });
    await this.dataSource.manager.save(Task, { project: { id: projectId }, assignee: { id: projectId } });
    await this.dataSource.transaction(async (manager) => {
      await manager.save(Comment, { task: { id: "t" }, authorId: null });
      const c = manager.create(Comment, { authorId: author });
      await manager.save(c);
      await manager.insert(Task, { projectId });
      await manager.getRepository(Task).save({ projectId, assignee: { id: "u" } });
    });
    await this.dataSource.createQueryBuilder().insert().into(Task).values([{ projectId, assignee: null }]).execute();
    await this.tasks.createQueryBuilder().delete().from(Task).where("id = :id", { id: 1 }).execute();
    await this.tasks.delete({ id: projectId });
  }
  async five(dto: { title: string; projectId: string; assigneeId?: string }) {
    const task = this.tasks.create(dto);
    if (dto.assigneeId) task.assignee = await this.find(dto.assigneeId);
    await this.tasks.save(task);
  }
  async six(id: string, user: User) {
    const task = await this.tasks.findOneOrFail({ where: { id } });
    task.assignee = user;
    await this.tasks.save(task);
    await this.tasks.remove(task);
  }
  async seven(rows: { project: string; user?: string }[]) {
    const manager = this.dataSource.manager;
    await manager.save(rows.map((row) => manager.create(Task, { projectId: row.project, assignee: null })));
    const comments = rows.map((row) => this.comments.create({ task: { id: "t" }, authorId: row.user }));
    await this.comments.save(comments);
  }
}
