import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export async function dup(id: string, me: string) {
  const project = await prisma.project.findUniqueOrThrow({ where: { id }, include: { tasks: { include: { comments: true } } } });
  for (const item of project.tasks) {
    await prisma.comment.create({ data: { taskId: item.id, authorId: me } });
    await prisma.task.create({ data: { projectId: item.id, assigneeId: me } });
    for (const c of item.comments) {
      await prisma.comment.create({ data: { taskId: c.id, authorId: me } });
      await prisma.comment.create({ data: { taskId: item.id, authorId: c.id } });
    }
  }
  await prisma.task.createMany({ data: project.tasks.map((t) => ({ projectId: t.id, assigneeId: me })) });
  await prisma.comment.createMany({ data: project.tasks.flatMap((t) => t.comments.map((c) => ({ taskId: t.id, authorId: c.authorId! }))) });
}
