import { PrismaClient, type Task as TaskRow } from "@prisma/client";

const prisma = new PrismaClient();

export function copy(task: TaskRow, projectId: string) {
  const { id, ...fields } = task;
  return prisma.task.create({ data: { ...fields, projectId } });
}

export function save(task: Partial<TaskRow> & Pick<TaskRow, "title" | "projectId">) {
  const data = { title: task.title, projectId: task.projectId };
  return prisma.task.create({ data });
}

export function add(task: Omit<TaskRow, "id">) {
  return prisma.task.create({ data: { ...task, assigneeId: task.assigneeId! } });
}

export async function repeat(id: string) {
  const { id: _, ...again } = await prisma.task.findUniqueOrThrow({ where: { id } });
  return prisma.task.create({ data: again });
}
