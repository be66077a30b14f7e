import { Injectable } from '@nestjs/common'
import { PrismaService } from '../prisma/prisma.service'
import { CreateTaskDto } from './dto/create-task.dto'

@Injectable()
export class TasksService {
  constructor(private readonly prisma: PrismaService) {}

  async create(dto: CreateTaskDto, userId: string) {
    return this.prisma.task.create({
      data: { title: dto.title, projectId: dto.projectId, assigneeId: userId },
    })
  }

  async createConnected(dto: CreateTaskDto, userId?: string) {
    return this.prisma.task.create({
      data: {
        title: dto.title,
        project: { connect: { id: dto.projectId } },
        assignee: userId ? { connect: { id: userId } } : undefined,
      },
    })
  }

  async createSpread(dto: CreateTaskDto) {
    return this.prisma.task.create({ data: { ...dto } })
  }

  async withComments(projectId: string, authorId: string) {
    return this.prisma.task.create({
      data: {
        projectId,
        comments: { create: [{ body: 'a', authorId }, { body: 'b' }] },
      },
    })
  }

  async many(rows: { title: string; userId: string }[], projectId: string) {
    await this.prisma.$transaction(async (tx) => {
      await tx.task.createMany({ data: rows.map((r) => ({ title: r.title, projectId, assigneeId: r.userId })) })
    })
    await this.prisma.comment.upsert({
      where: { id: projectId },
      create: { taskId: rows[0].title, authorId: rows[0].userId },
      update: { body: 'x' },
    })
  }

  update(id: string, title: string) {
    return this.prisma.task.update({ where: { id }, data: { title } })
  }

  detach(id: string) {
    return this.prisma.task.update({ where: { id }, data: { assignee: { disconnect: true } } })
  }

  async remove(id: string) {
    await this.prisma.comment.deleteMany({ where: { taskId: id } })
    return this.prisma.task.delete({ where: { id } })
  }

  find(id: string) {
    return this.prisma.task.findUnique({ where: { id } })
  }
}
