import { Prisma, PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export async function start(teamId: string, userId: string, names: string[]) {
  return prisma.project.create({
    data: {
      teamId,
      owner: { connect: { id: userId } },
      name: names[0],
      tasks: {
        create: names.map((title) => ({ title, assignee: { connect: { id: userId } } })),
      },
    },
  });
}

export async function invite(teamId: string, email: string) {
  await prisma.project.create({
    data: {
      teamId,
      name: email,
      owner: { connectOrCreate: { where: { email }, create: { email } } },
    },
  });
}

export async function report(userId: string, projectId: string) {
  await prisma.$transaction(async (tx) => {
    const task = await tx.task.create({ data: { projectId, title: "Report" } });
    await tx.comment.createMany({
      data: ["first", "second"].map((body) => ({ taskId: task.id, authorId: userId, body })),
      skipDuplicates: true,
    });
    await tx.task.update({
      where: { id: task.id },
      data: { assignee: { disconnect: true }, comments: { create: { body: "seen" } } },
    });
  });
}

export async function close(id: string) {
  await prisma.$transaction([
    prisma.comment.deleteMany({ where: { taskId: id } }),
    prisma.task.delete({ where: { id } }),
  ]);
}

export async function assign(data: Prisma.TaskUncheckedCreateInput, user?: { id: string }) {
  await prisma.task.create({ data });
  await prisma.task.create({ data: { ...data, assigneeId: user?.id } });
  await prisma.task.upsert({
    where: { id: data.id },
    create: { projectId: data.projectId, title: data.title, assigneeId: user ? user.id : null },
    update: { title: data.title },
  });
}

export async function add(data: Prisma.CommentCreateInput) {
  return prisma.comment.create({ data });
}

export const createTask: CreateTask = async ({ title, projectId }, context) => {
  return context.entities.Task.create({
    data: { title, project: { connect: { id: projectId } }, assignee: { connect: { id: context.user.id } } },
  });
};
