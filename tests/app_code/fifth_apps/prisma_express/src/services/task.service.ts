import type { Prisma } from '@prisma/client'
import prisma from '../lib/prisma'

interface CreateTaskInput {
  title: string
  projectId: string
  assigneeId?: string
}

export const createTask = async (input: CreateTaskInput) => {
  return prisma.task.create({ data: { ...input, title: input.title.trim() } })
}

export const createTaskFor = (projectId: string, userId: string, title: string) =>
  prisma.task.create({
    data: {
      title,
      project: { connect: { id: projectId } },
      assignee: { connect: { id: userId } },
    },
    include: { project: true },
  })

export async function createProject(ownerId: string, teamId: string | null, titles: string[]) {
  return await prisma.$transaction(async (tx) => {
    const project = await tx.project.create({ data: { ownerId, teamId, name: 'New' } })
    await tx.task.createMany({
      data: titles.map((title) => ({ title, projectId: project.id, assigneeId: ownerId })),
      skipDuplicates: true,
    })
    return project
  })
}

export async function createWithTasks(ownerId: string, teamId: string) {
  return prisma.project.create({
    data: {
      name: 'Demo',
      owner: { connect: { id: ownerId } },
      team: { connect: { id: teamId } },
      tasks: {
        create: [{ title: 'One', assigneeId: ownerId }],
      },
    },
  })
}

export const saveComment = (data: Prisma.CommentUncheckedCreateInput) => prisma.comment.create({ data })

export const upsertComment = (id: string, taskId: string, authorId: string, body: string) =>
  prisma.comment.upsert({
    where: { id },
    create: { id, taskId, authorId, body },
    update: { body },
  })

export const unassign = (id: string) => prisma.task.update({ where: { id }, data: { assignee: { disconnect: true } } })

export const removeProject = (id: string) => prisma.project.delete({ where: { id } })
