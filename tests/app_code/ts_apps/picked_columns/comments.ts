import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export async function answer(id: string, author: string) {
  const task = await prisma.task.findUnique({ where: { id }, select: { id: true, assigneeId: true, comments: true } });
  if (!task) return;
  await prisma.comment.create({ data: { taskId: task.id, authorId: task.assigneeId } });
  await prisma.comment.create({ data: { task: { connect: { id: task.id } }, authorId: author } });
}
