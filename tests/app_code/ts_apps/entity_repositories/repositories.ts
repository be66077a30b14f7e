import { Injectable } from "@nestjs/common";
import { DataSource, Repository, EntityManager } from "typeorm";
import { Task, Comment } from "./entities";
@Injectable()
export class TaskRepository extends Repository<Task> {
  constructor(dataSource: DataSource) { super(Task, dataSource.manager); }
  async open(projectId: string, assigneeId?: string) {
    const task = this.create({ projectId, assigneeId });
    return await this.save(task);
  }
  async put(projectId: string) {
    await this.insert({ projectId });
    await this.delete({ projectId });
    await this.update({ projectId }, { assigneeId: null });
    await this.manager.insert(Comment, [{ taskId: projectId }]);
    return await this.find();
  }
  async many(ids: string[], tx: EntityManager) {
    const rows = ids.map((projectId) => this.create({ projectId, assigneeId: null }));
    await tx.insert(Task, rows);
    await this.createQueryBuilder().insert().values({ projectId: ids[0], assigneeId: null }).execute();
  }
}
export class Other extends Repository {
  constructor(source) { super(Comment, source.manager); }
  async say(taskId) { await this.upsert({ taskId, authorId: null }, ["id"]); }
}
export class Service {
  constructor(private readonly taskRepository: TaskRepository, private tasks: TaskRepository) {}
  async go(projectId: string) {
    await this.taskRepository.save({ projectId, assigneeId: null });
    await this.tasks.insert({ projectId, assigneeId: null });
  }
}
export async function assigned(repo: TaskRepository, projectId: string, dto: { assigneeId?: string }) {
  const task = new Task();
  Object.assign(task, { projectId });
  Object.assign(task, dto);
  await repo.save(task);
}
@Injectable()
export class Board {
  constructor(readonly repo: TaskRepository, private readonly store: Repository<Task>) {}
  async add(project: string, user?: { sub: string }) {
    await this.repo.save({ project: { id: project }, assignee: { id: user?.sub } });
    await this.store.insert({ projectId: project, assigneeId: user!.sub });
  }
}
