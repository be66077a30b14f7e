import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, Repository } from 'typeorm';
import { TaskItem } from './task.entity';
import { Comment } from '../comments/comment.entity';

@Injectable()
export class TasksService {
  constructor(
    @InjectRepository(TaskItem) private readonly taskRepository: Repository<TaskItem>,
    private readonly dataSource: DataSource,
    @InjectRepository(Comment) private comments: Repository<Comment>,
  ) {}

  private readonly tasks = new Map<string, TaskItem>();

  async forget(id: string) {
    this.tasks.delete(id);
    await this.comments.delete({ taskId: id });
  }

  async create(projectId: string, title: string, userId: string) {
    const task = this.taskRepository.create({ projectId, title, assigneeId: userId });
    return this.taskRepository.save(task);
  }

  async quick(projectId: string, title: string) {
    return await this.taskRepository.save({ title, project: { id: projectId } });
  }

  async comment(taskId: string, authorId: string | null) {
    await this.dataSource.getRepository(Comment).insert({ taskId, authorId, body: '' });
  }

  async inTransaction(taskId: string, authorId: string) {
    await this.dataSource.transaction(async (manager) => {
      await manager.save(Comment, { taskId, authorId, body: 'x' });
      await manager.delete(Comment, { taskId });
    });
  }

  async assign(id: string, userId: string | null) {
    await this.taskRepository.update({ id }, { assigneeId: userId });
  }

  async rename(id: string, title: string) {
    const task = await this.taskRepository.findOneBy({ id });
    if (!task) throw new NotFoundException();
    task.title = title;
    return this.taskRepository.save(task);
  }

  async remove(id: string) {
    await this.taskRepository.delete(id);
    await this.cache.delete(`tasks:${id}`);
  }
}
